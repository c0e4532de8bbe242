/* The ids of elements, made of text and whole numbers; all other parts are passed to ids.py.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_IDS_H
#define FATMORPH_IDS_H

#include "characters.h"

/* Longer ids are made in Python. */
#define MAX_ID 256
/* The most characters that are written for one character, and for a number. */
#define MAX_ESCAPE 5
#define MAX_DIGITS 22

typedef struct {
    char text[MAX_ID];
    size_t length;
} Id;

static inline void
write_id_digits(Id *id, unsigned long number)
{
    char digits[MAX_DIGITS];
    size_t start = MAX_DIGITS;
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    memcpy(id->text + id->length, digits + start, MAX_DIGITS - start);
    id->length += MAX_DIGITS - start;
}

/* Write one character of a part: letters and digits stay as they are. */
static inline void
write_id_character(Id *id, char character)
{
    if (is_in(ALPHANUMERIC, character)) {
        id->text[id->length++] = character;
        return;
    }
    id->text[id->length++] = '_';
    if (character == '-' || character == '_') {
        id->text[id->length++] = character;
        return;
    }
    const char *digits = "0123456789abcdef";
    id->text[id->length++] = 'x';
    if (character >= 16) {
        id->text[id->length++] = digits[character >> 4];
    }
    id->text[id->length++] = digits[character & 15];
    id->text[id->length++] = '_';
}

/* Write a part, and return whether it is one that is written here. */
static inline bool
write_id_part(Id *id, PyObject *part)
{
    if (is_ascii(part)) {
        const char *text = ascii_of(part);
        size_t length = (size_t)PyUnicode_GET_LENGTH(part);
        if (length == 0 || length > (MAX_ID - id->length) / MAX_ESCAPE) {
            return false;
        }
        if (is_all_in(ALPHANUMERIC, part)) {
            memcpy(id->text + id->length, text, length);
            id->length += length;
            return true;
        }
        for (size_t i = 0; i < length; i++) {
            write_id_character(id, text[i]);
        }
        return true;
    }
    if (!PyLong_CheckExact(part) || MAX_ID - id->length < MAX_DIGITS) {
        return false;
    }
    int overflow;
    long number = PyLong_AsLongAndOverflow(part, &overflow);
    if (overflow != 0) {
        return false;
    }
    if (number < 0) {
        id->text[id->length++] = '_';
        id->text[id->length++] = '-';
    }
    write_id_digits(id, number < 0 ? 0UL - (unsigned long)number : (unsigned long)number);
    return true;
}

/* Set *made to the id of some parts, or to NULL if ids.py must make it. Return -1 on error. */
static int
make_id(PyObject *const *parts, Py_ssize_t count, PyObject **made)
{
    Id id;
    id.length = 1; /* a digit at the start gets an underscore before it */
    *made = NULL;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (i > 0 && id.length < MAX_ID) {
            id.text[id.length++] = '-';
        }
        if (!write_id_part(&id, parts[i])) {
            return 0;
        }
    }
    if (count == 0) {
        return 0;
    }
    size_t start = 1;
    if (id.text[1] >= '0' && id.text[1] <= '9') {
        id.text[--start] = '_';
    }
    *made = PyUnicode_New((Py_ssize_t)(id.length - start), 127);
    if (*made == NULL) {
        return -1;
    }
    memcpy(PyUnicode_1BYTE_DATA(*made), id.text + start, id.length - start);
    return 0;
}

#endif
