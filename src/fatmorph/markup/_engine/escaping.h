/* Escaping: str is written into a buffer as UTF-8, with references for special characters. */

#ifndef FATMORPH_ESCAPING_H
#define FATMORPH_ESCAPING_H

#include "buffer.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* Sixteen bytes that are looked at together; two halves may overlap. */
#ifdef __SSE2__
typedef __m128i Block;

static inline Block
block_of(uint64_t first, uint64_t last)
{
    return _mm_set_epi64x((long long)last, (long long)first);
}

static inline bool
may_hold_special(Block block, bool is_framed)
{
    __m128i angle = _mm_and_si128(block, _mm_set1_epi8((char)0xfd));
    __m128i other = _mm_and_si128(block, _mm_set1_epi8((char)0xfb));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(angle, _mm_set1_epi8('<')),
                                 _mm_cmpeq_epi8(other, _mm_set1_epi8('"')));
    if (is_framed) {
        found = _mm_or_si128(found, _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('\n')),
                                                 _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'))));
    }
    return _mm_movemask_epi8(found) != 0;
}
#else
typedef struct {
    uint64_t halves[2];
} Block;

static inline Block
block_of(uint64_t first, uint64_t last)
{
    return (Block){{first, last}};
}

static inline bool
may_hold_special(Block block, bool is_framed)
{
    return may_be_special(block.halves[0], is_framed)
           || may_be_special(block.halves[1], is_framed);
}
#endif

/* Copy bytes and return whether none of them may be special; else what is copied is no use. */
static inline bool
copy_plain(char *out, const unsigned char *bytes, size_t length, bool is_framed)
{
    if (length >= 16) {
        Block block;
        size_t last = length - 16;
        for (size_t i = 0; i < last; i += 16) {
            memcpy(&block, bytes + i, 16);
            if (may_hold_special(block, is_framed)) {
                return false;
            }
            memcpy(out + i, &block, 16);
        }
        memcpy(&block, bytes + last, 16);
        memcpy(out + last, &block, 16);
        return !may_hold_special(block, is_framed);
    }
    if (length >= 8) {
        uint64_t first, last;
        copy_ends(out, (const char *)bytes, length, 8);
        memcpy(&first, bytes, 8);
        memcpy(&last, bytes + length - 8, 8);
        return !may_hold_special(block_of(first, last), is_framed);
    }
    if (length >= 4) {
        uint32_t first, last;
        copy_ends(out, (const char *)bytes, length, 4);
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + length - 4, 4);
        return !may_be_special((uint64_t)first << 32 | last, is_framed);
    }
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++) {
        out[i] = (char)bytes[i];
        word = word << 8 | bytes[i];
    }
    return !may_be_special(word, is_framed);
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
    /* What is written as it is may be a page that was rendered before: memchr() and memcpy()
       are many times as fast as our own loop. */
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

/* Write the start of an attribute, its value, and the quote behind it. */
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
