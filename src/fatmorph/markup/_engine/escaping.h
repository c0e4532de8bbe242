/* Escaping: str is written into a buffer as UTF-8, with references for special characters.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_ESCAPING_H
#define FATMORPH_ESCAPING_H

#include "blocks.h"

/* The treatment of a byte. */
enum { PLAIN = 0, AMPERSAND, LESS, GREATER, QUOTE, LINE_END };

typedef enum { VERBATIM, TEXT, ATTRIBUTE } Context;

/* A byte that is not PLAIN here must also be found by may_be_special() and may_hold_special() of
   blocks.h: a text in which they find none is copied as a whole. */
static inline int
action_for(unsigned char byte, Context context, bool is_framed)
{
    switch (byte) {
        case '&':
            return context == VERBATIM ? PLAIN : AMPERSAND;
        case '<':
            return context == VERBATIM ? PLAIN : LESS;
        case '>':
            return context == VERBATIM ? PLAIN : GREATER;
        case '"':
            return context == ATTRIBUTE ? QUOTE : PLAIN;
        case '\n':
        case '\r':
            return is_framed ? LINE_END : PLAIN;
        default:
            return PLAIN;
    }
}

static int
write_action(Buffer *buffer, int action, unsigned char byte)
{
    switch (action) {
        case AMPERSAND:
            return write_bytes(buffer, "&amp;", 5);
        case LESS:
            return write_bytes(buffer, "&lt;", 4);
        case GREATER:
            return write_bytes(buffer, "&gt;", 4);
        case QUOTE:
            return write_bytes(buffer, "&quot;", 6);
        default: /* LINE_END: CR, LF and CRLF each end one line */
            if (byte == '\n' && buffer->is_after_cr) {
                buffer->is_after_cr = false;
                return 0;
            }
            buffer->is_after_cr = byte == '\r';
            return write_bytes(buffer, "\n", 1) < 0 ? -1 : write_object(buffer, buffer->line);
    }
}

static inline bool
has_line_end(const unsigned char *bytes, size_t length)
{
    return memchr(bytes, '\n', length) != NULL || memchr(bytes, '\r', length) != NULL;
}

/* Write UTF-8 or ASCII: plain bytes are copied together, special bytes are replaced. */
static int
write_specials(Buffer *buffer, const unsigned char *bytes, size_t length, Context context)
{
    bool is_framed = buffer->line != NULL;
    size_t start = 0;
    size_t i = 0;
    while (i < length) {
        size_t stop = length - i < sizeof(uint64_t) ? length : i + sizeof(uint64_t);
        if (stop - i == sizeof(uint64_t)) {
            uint64_t word;
            memcpy(&word, bytes + i, sizeof(word));
            if (!may_be_special(word, is_framed)) {
                i = stop;
                continue;
            }
        }
        for (; i < stop; i++) {
            int action = action_for(bytes[i], context, is_framed);
            if (action == PLAIN) {
                continue;
            }
            if (i > start) {
                buffer->is_after_cr = false;
                if (write_bytes(buffer, (const char *)bytes + start, i - start) < 0) {
                    return -1;
                }
            }
            if (action != LINE_END) {
                buffer->is_after_cr = false;
            }
            if (write_action(buffer, action, bytes[i]) < 0) {
                return -1;
            }
            start = i + 1;
        }
    }
    if (length > start) {
        buffer->is_after_cr = false;
        return write_bytes(buffer, (const char *)bytes + start, length - start);
    }
    return 0;
}

static inline int
write_escaped(Buffer *buffer, const unsigned char *bytes, size_t length, Context context)
{
    bool is_framed = buffer->line != NULL;
    char *out = reserve(buffer, length);
    if (out == NULL) {
        return -1;
    }
    if (context != VERBATIM) {
        if (!copy_plain(out, bytes, length, is_framed)) {
            return write_specials(buffer, bytes, length, context);
        }
    }
    /* Verbatim text may be a whole page that was rendered before, and for long texts memchr() and
       memcpy() are many times as fast as copy_plain(). */
    else if (is_framed && has_line_end(bytes, length)) {
        return write_specials(buffer, bytes, length, context);
    }
    else {
        memcpy(out, bytes, length);
    }
    buffer->length += length;
    buffer->is_after_cr &= length == 0;
    return 0;
}

static inline size_t
encode(Py_UCS4 character, unsigned char *out)
{
    if (character < 0x80) {
        out[0] = (unsigned char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (unsigned char)(0xc0 | (character >> 6));
        out[1] = (unsigned char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (unsigned char)(0xe0 | (character >> 12));
        out[1] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
        out[2] = (unsigned char)(0x80 | (character & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | (character >> 18));
    out[1] = (unsigned char)(0x80 | ((character >> 12) & 0x3f));
    out[2] = (unsigned char)(0x80 | ((character >> 6) & 0x3f));
    out[3] = (unsigned char)(0x80 | (character & 0x3f));
    return 4;
}

/* Write text that is not ASCII, in pieces that fit on the C stack. */
static int
write_wide(Buffer *buffer, PyObject *text, Context context)
{
    int kind = (int)PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    unsigned char piece[256];
    size_t used = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, i);
        if (Py_UNICODE_IS_SURROGATE(character)) {
            buffer->is_unencodable = true;
        }
        used += encode(character, piece + used);
        if (used > sizeof(piece) - 4) {
            if (write_escaped(buffer, piece, used, context) < 0) {
                return -1;
            }
            used = 0;
        }
    }
    return write_escaped(buffer, piece, used, context);
}

static inline int
write_text(Buffer *buffer, PyObject *text, Context context)
{
    if (PyUnicode_IS_COMPACT_ASCII(text)) {
        const unsigned char *ascii = PyUnicode_1BYTE_DATA(text);
        return write_escaped(buffer, ascii, (size_t)PyUnicode_GET_LENGTH(text), context);
    }
    return write_wide(buffer, text, context);
}

/* Write an attribute: its spelling, its value and the closing quote, mostly with one reserve(). */
static inline int
write_pair(Buffer *buffer, PyObject *spelling, PyObject *value)
{
    if (PyUnicode_IS_COMPACT_ASCII(value)) {
        size_t start = (size_t)PyBytes_GET_SIZE(spelling);
        size_t length = (size_t)PyUnicode_GET_LENGTH(value);
        char *out = reserve(buffer, start + length + 1);
        if (out == NULL) {
            return -1;
        }
        copy_short(out, PyBytes_AS_STRING(spelling), start);
        if (copy_plain(out + start, PyUnicode_1BYTE_DATA(value), length, buffer->line != NULL)) {
            out[start + length] = '"';
            buffer->length += start + length + 1;
            return 0;
        }
    }
    if (write_object(buffer, spelling) < 0 || write_text(buffer, value, ATTRIBUTE) < 0) {
        return -1;
    }
    buffer->is_after_cr = false;
    return write_bytes(buffer, "\"", 1);
}

static PyObject *
escaped(PyObject *text, Context context)
{
    Buffer buffer;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "expected str, not %.200s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (buffer_init(&buffer, MIN_BUFFER, NULL) < 0) {
        return NULL;
    }
    PyObject *result = NULL;
    if (write_text(&buffer, text, context) == 0) {
        result = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(buffer.bytes), (Py_ssize_t)buffer.length,
                                      buffer.is_unencodable ? "surrogatepass" : "strict");
    }
    Py_XDECREF(buffer.bytes);
    return result;
}

#endif
