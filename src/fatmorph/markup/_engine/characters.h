/* Sets of ASCII characters: which are plain in an id, in a literal of JavaScript, in CSS.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_CHARACTERS_H
#define FATMORPH_CHARACTERS_H

#include "state.h"

/* A set; the sets of a character are in one byte. */
typedef enum {
    ALPHANUMERIC = 1,
    WORD = 2,
    NAME_START = 4,
    UNSAFE_IN_URL = 8, /* which escape.py escapes in a literal: $ and @ only before a name */
    UNSAFE_IN_STRING = 16,
    PROPERTY = 32,
    CSS_VALUE = 64,
} Characters;

/* One bit for each character: up to '?', and the others.
   A-Z a-z 0-9; the same and _; A-Z a-z _ $; what is unsafe; a-z 0-9 -;
   A-Z a-z 0-9 _ and space # % + , - . / ! ( ) */
#define FOR_EACH_SET(DO, character)                                                              \
    DO(character, ALPHANUMERIC, 0x03ff000000000000, 0x07fffffe07fffffe)                          \
    DO(character, WORD, 0x03ff000000000000, 0x07fffffe87fffffe)                                  \
    DO(character, NAME_START, 0x0000001000000000, 0x07fffffe87fffffe)                            \
    DO(character, UNSAFE_IN_URL, 0x180002d4ffffffff, 0xa800000110000001)                         \
    DO(character, UNSAFE_IN_STRING, 0x180082d4ffffffff, 0xa800000110000001)                      \
    DO(character, PROPERTY, 0x03ff200000000000, 0x07fffffe00000000)                              \
    DO(character, CSS_VALUE, 0x03fffb2b00000000, 0x07fffffe87fffffe)

#define SET_OF_ONE(character, set, low, high)                                                    \
    | ((((character) < 64 ? UINT64_C(low) : UINT64_C(high)) >> ((character) & 63) & 1) ? set : 0)
#define SETS_OF_ONE(character) 0 FOR_EACH_SET(SET_OF_ONE, character)
#define SETS_OF_8(first)                                                                         \
    SETS_OF_ONE(first), SETS_OF_ONE((first) + 1), SETS_OF_ONE((first) + 2),                      \
        SETS_OF_ONE((first) + 3), SETS_OF_ONE((first) + 4), SETS_OF_ONE((first) + 5),            \
        SETS_OF_ONE((first) + 6), SETS_OF_ONE((first) + 7)
#define SETS_OF_32(first)                                                                        \
    SETS_OF_8(first), SETS_OF_8((first) + 8), SETS_OF_8((first) + 16), SETS_OF_8((first) + 24)

/* The sets of each character; those after ASCII are in none. */
static const unsigned char SETS[256] = {SETS_OF_32(0), SETS_OF_32(32), SETS_OF_32(64),
                                        SETS_OF_32(96)};

static inline bool
is_in(Characters set, char character)
{
    return (SETS[(unsigned char)character] & set) != 0;
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
    unsigned common = set;
    for (Py_ssize_t i = 0; i < length; i++) {
        common &= SETS[(unsigned char)characters[i]]; /* no branch for each character */
    }
    return common != 0;
}

/* Whether no character of an exact str of ASCII is in a set. */
static inline bool
is_none_in(Characters set, PyObject *text)
{
    const char *characters = ascii_of(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    unsigned all = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        all |= SETS[(unsigned char)characters[i]];
    }
    return (all & set) == 0;
}

#endif
