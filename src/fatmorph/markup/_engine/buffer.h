/* The buffer that HTML is written into.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_BUFFER_H
#define FATMORPH_BUFFER_H

#include "state.h"

/* A growing buffer of UTF-8. Lone surrogates are written like characters and set a flag, so that
   render() can return them and render_bytes() can refuse them. */
typedef struct {
    PyObject *bytes;
    size_t length;
    size_t capacity;
    PyObject *line; /* bytes (borrowed) before every line of an event; NULL without an event */
    bool is_after_cr; /* whether the last byte was a CR: an LF then belongs to its line end */
    bool is_unencodable;
} Buffer;

static int
buffer_init(Buffer *buffer, size_t capacity, PyObject *line)
{
    buffer->length = 0;
    buffer->capacity = capacity;
    buffer->line = line;
    buffer->is_after_cr = buffer->is_unencodable = false;
    buffer->bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)buffer->capacity);
    return buffer->bytes == NULL ? -1 : 0;
}

/* Return the bytes that were written, or NULL; the buffer cannot be used again. */
static PyObject *
buffer_finish(Buffer *buffer, State *state)
{
    if (_PyBytes_Resize(&buffer->bytes, (Py_ssize_t)buffer->length) < 0) {
        return NULL;
    }
#ifndef Py_GIL_DISABLED /* without the GIL, threads would race for it */
    /* The next page is often of the same kind: begin with its size. A small page between large
       ones reduces the size only by an eighth. */
    size_t next = state->first_buffer - state->first_buffer / 8;
    next = buffer->length > next ? buffer->length : next;
    next = next < MAX_FIRST_BUFFER ? next : MAX_FIRST_BUFFER;
    state->first_buffer = next > MIN_BUFFER ? next : MIN_BUFFER;
#endif
    return buffer->bytes;
}

static int
buffer_grow(Buffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity;
    if (more > (size_t)PY_SSIZE_T_MAX / 2 - capacity) {
        PyErr_NoMemory();
        return -1;
    }
    while (capacity < buffer->length + more) {
        capacity *= 2;
    }
    if (_PyBytes_Resize(&buffer->bytes, (Py_ssize_t)capacity) < 0) {
        return -1;
    }
    buffer->capacity = capacity;
    return 0;
}

/* Return where `more` bytes can be written, or NULL. */
static inline char *
reserve(Buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->length < more && buffer_grow(buffer, more) < 0) {
        return NULL;
    }
    return PyBytes_AS_STRING(buffer->bytes) + buffer->length;
}

/* Copy the first and the last `width` bytes, which may overlap. With a constant width, compilers
   inline both copies. */
static inline void
copy_ends(char *out, const char *bytes, size_t length, size_t width)
{
    memcpy(out, bytes, width);
    memcpy(out + length - width, bytes + length - width, width);
}

/* memcpy() for bytes that are mostly few: a call would take longer than the copy. */
static inline void
copy_short(char *out, const char *bytes, size_t length)
{
    if (length > 32) {
        memcpy(out, bytes, length);
    }
    else if (length >= 16) {
        copy_ends(out, bytes, length, 16);
    }
    else if (length >= 8) {
        copy_ends(out, bytes, length, 8);
    }
    else if (length >= 4) {
        copy_ends(out, bytes, length, 4);
    }
    else {
        for (size_t i = 0; i < length; i++) {
            out[i] = bytes[i];
        }
    }
}

static inline int
write_bytes(Buffer *buffer, const char *bytes, size_t length)
{
    char *out = reserve(buffer, length);
    if (out == NULL) {
        return -1;
    }
    copy_short(out, bytes, length);
    buffer->length += length;
    return 0;
}

static inline int
write_object(Buffer *buffer, PyObject *bytes)
{
    return write_bytes(buffer, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
}

#endif
