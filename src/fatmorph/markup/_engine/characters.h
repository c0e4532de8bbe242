/* Sets of ASCII characters: which are plain in an id, in a literal of JavaScript, in CSS.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_CHARACTERS_H
#define FATMORPH_CHARACTERS_H

#include "state.h"

/* One bit for each character. */
typedef struct {
    uint64_t low; /* up to '?' */
    uint64_t high;
} Characters;

/* A-Z a-z 0-9 */
static const Characters ALPHANUMERIC = {UINT64_C(0x03ff000000000000),
                                        UINT64_C(0x07fffffe07fffffe)};
/* A-Z a-z 0-9 _ */
static const Characters WORD = {UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe87fffffe)};
/* A-Z a-z _ $ */
static const Characters NAME_START = {UINT64_C(0x0000001000000000),
                                      UINT64_C(0x07fffffe87fffffe)};
/* The characters that escape.py escapes in a literal: $ and @ only before a name. */
static const Characters UNSAFE_IN_URL = {UINT64_C(0x180002d4ffffffff),
                                         UINT64_C(0xa800000110000001)};
static const Characters UNSAFE_IN_STRING = {UINT64_C(0x180082d4ffffffff),
                                            UINT64_C(0xa800000110000001)};
/* a-z 0-9 - */
static const Characters PROPERTY = {UINT64_C(0x03ff200000000000), UINT64_C(0x07fffffe00000000)};
/* A-Z a-z 0-9 _ and space # % + , - . / ! */
static const Characters CSS_VALUE = {UINT64_C(0x03fff82b00000000),
                                     UINT64_C(0x07fffffe87fffffe)};

static inline bool
is_in(Characters set, char character)
{
    unsigned char byte = (unsigned char)character;
    return byte < 128 && (((byte < 64 ? set.low : set.high) >> (byte & 63)) & 1) != 0;
}

/* Whether an object is an exact str of ASCII only, whose characters PyUnicode_1BYTE_DATA() has. */
static inline bool
is_ascii(PyObject *text)
{
    return PyUnicode_CheckExact(text) && PyUnicode_IS_COMPACT_ASCII(text);
}

static inline const char *
ascii_of(PyObject *text)
{
    return (const char *)PyUnicode_1BYTE_DATA(text);
}

static inline char *
copy_ascii(char *out, PyObject *text)
{
    size_t length = (size_t)PyUnicode_GET_LENGTH(text);
    memcpy(out, ascii_of(text), length);
    return out + length;
}

/* Whether all characters of an exact str of ASCII are in a set. */
static inline bool
is_all_in(Characters set, PyObject *text)
{
    const char *characters = ascii_of(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i < length; i++) {
        if (!is_in(set, characters[i])) {
            return false;
        }
    }
    return true;
}

#endif
