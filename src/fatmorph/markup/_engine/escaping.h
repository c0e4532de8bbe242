/* Escaping: str is written into a buffer as UTF-8, with references for special characters. */

#ifndef FATMORPH_ESCAPING_H
#define FATMORPH_ESCAPING_H

#include "buffer.h"

/* What has to be done with a byte. */
enum { PLAIN = 0, AMPERSAND, LESS, GREATER, QUOTE, LINE_END };

typedef enum { VERBATIM, TEXT, ATTRIBUTE } Context;

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

#define REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
zero_bytes(uint64_t word)
{
    return (word - REPEAT(0x01)) & ~word & REPEAT(0x80);
}

/* Whether eight bytes may hold one that is special; `"` may raise a false alarm in text.
   `<` and `>` differ in one bit, and so do `"` and `&`. */
static inline bool
may_be_special(uint64_t word, bool is_framed)
{
    uint64_t found = zero_bytes((word & REPEAT(0xfd)) ^ REPEAT('<'))
                     | zero_bytes((word & REPEAT(0xfb)) ^ REPEAT('"'));
    if (is_framed) {
        found |= zero_bytes(word ^ REPEAT('\n')) | zero_bytes(word ^ REPEAT('\r'));
    }
    return found != 0;
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

/* Whether bytes may hold a special one, eight at a time; the last eight may overlap others. */
static inline bool
holds_special(const unsigned char *bytes, size_t length, bool is_framed)
{
    uint64_t word = 0;
    if (length < sizeof(word)) {
        if (length >= 4) {
            uint32_t first, last;
            memcpy(&first, bytes, 4);
            memcpy(&last, bytes + length - 4, 4);
            word = (uint64_t)first << 32 | last;
        }
        else if (length > 0) {
            word = (uint64_t)bytes[0] | (uint64_t)bytes[length / 2] << 8
                   | (uint64_t)bytes[length - 1] << 16;
        }
        return may_be_special(word, is_framed);
    }
    for (size_t i = 0; i < length - sizeof(word); i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        if (may_be_special(word, is_framed)) {
            return true;
        }
    }
    memcpy(&word, bytes + length - sizeof(word), sizeof(word));
    return may_be_special(word, is_framed);
}

/* Write UTF-8 or ASCII: runs are copied whole, special bytes are replaced. */
static int
write_specials(Buffer *buffer, const unsigned char *bytes, size_t length, Context context)
{
    bool is_framed = buffer->line != NULL;
    size_t start = 0;
    size_t i = 0;
    while (i < length) {
        size_t stop = length - i < sizeof(uint64_t) ? length : i + sizeof(uint64_t);
        if (!holds_special(bytes + i, stop - i, is_framed)) {
            i = stop;
            continue;
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
    /* What is written as it is may be a page that was rendered before: memchr() reads it at
       many times the speed of our own loop. */
    bool is_plain = context == VERBATIM ? !(is_framed && has_line_end(bytes, length))
                                        : !holds_special(bytes, length, is_framed);
    if (!is_plain) {
        return write_specials(buffer, bytes, length, context);
    }
    buffer->is_after_cr &= length == 0;
    return write_bytes(buffer, (const char *)bytes, length);
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

/* Write text that is not ASCII, a piece at a time. */
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

static PyObject *
escaped(PyObject *text, Context context)
{
    Buffer buffer;
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "expected str, not %.200s", Py_TYPE(text)->tp_name);
        return NULL;
    }
    if (buffer_init(&buffer, NULL) < 0) {
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
