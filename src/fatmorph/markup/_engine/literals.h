/* Literals of JavaScript for text of ASCII, and what is known of an expression at a glance.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_LITERALS_H
#define FATMORPH_LITERALS_H

#include "characters.h"

/* The most characters that are written for one character. */
#define MAX_LITERAL_ESCAPE 4

/* Whether escape.py would write an escape for the character at a place. */
static inline bool
is_unsafe_at(Characters unsafe, const char *text, Py_ssize_t length, Py_ssize_t place)
{
    char character = text[place];
    if (!is_in(unsafe, character)) {
        return false;
    }
    if (character == '$') {
        return place + 1 < length && is_in(WORD, text[place + 1]);
    }
    return character != '@' || (place + 1 < length && is_in(NAME_START, text[place + 1]));
}

/* The length of a text of ASCII inside of a literal. */
static Py_ssize_t
literal_length(Characters unsafe, PyObject *text)
{
    const char *characters = ascii_of(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_ssize_t needed = length;
    if (is_none_in(unsafe, text)) {
        return needed;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        if (is_unsafe_at(unsafe, characters, length, i)) {
            needed += characters[i] == '\n' ? 1 : MAX_LITERAL_ESCAPE - 1;
        }
    }
    return needed;
}

static char *
write_literal(char *out, Characters unsafe, PyObject *text)
{
    static const char digits[] = "0123456789abcdef";
    const char *characters = ascii_of(text);
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i < length; i++) {
        char character = characters[i];
        if (!is_unsafe_at(unsafe, characters, length, i)) {
            *out++ = character;
            continue;
        }
        *out++ = '\\';
        if (character == '\n') {
            *out++ = 'n';
            continue;
        }
        *out++ = 'x';
        *out++ = digits[character >> 4];
        *out++ = digits[character & 15];
    }
    return out;
}

/* Whether the client sends a request to this URL to the page's own site, and no code is in its
   scheme; false if fetch.py must decide. */
static bool
is_plain_url(PyObject *url)
{
    if (!is_ascii(url) || PyUnicode_GET_LENGTH(url) == 0) {
        return false;
    }
    const char *text = ascii_of(url); /* ends with a NUL */
    if (text[0] == '/') {
        return text[1] != '/' && text[1] != '\\';
    }
    return text[0] > ' ' && strchr("\\\"'`", text[0]) == NULL
           && memchr(text, ':', (size_t)PyUnicode_GET_LENGTH(url)) == NULL;
}

/* Whether an exact str is neither empty nor an address, by its first characters alone; false if
   expressions.py must decide. */
static bool
is_plain_statement(PyObject *text)
{
    if (!PyUnicode_CheckExact(text) || PyUnicode_GET_LENGTH(text) == 0) {
        return false;
    }
    Py_UCS4 first = PyUnicode_READ_CHAR(text, 0);
    if (first == 'h') { /* perhaps of http:// */
        return PyUnicode_GET_LENGTH(text) < 5 || PyUnicode_READ_CHAR(text, 1) != 't'
               || PyUnicode_READ_CHAR(text, 2) != 't' || PyUnicode_READ_CHAR(text, 3) != 'p';
    }
    return first > ' ' && first < 127 && first != '/' && first != ';';
}

/* Whether an exact str has no `//`. */
static bool
has_no_comment(PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    Py_ssize_t place = -1;
    do {
        place = PyUnicode_FindChar(text, '/', place + 1, length, 1);
    } while (place >= 0 && (place + 1 == length || PyUnicode_READ_CHAR(text, place + 1) != '/'));
    return place == -1;
}

/* Whether an exact str, which is_plain_statement(), begins with a word after which no value may
   follow, or which returns one. */
static bool
begins_with_statement(PyObject *text)
{
    static const char words[] = " break const continue do for if let return switch throw try var "
                                "while ";
    char word[12] = " ";
    Py_ssize_t length = 0;
    while (length < PyUnicode_GET_LENGTH(text)) {
        Py_UCS4 character = PyUnicode_READ_CHAR(text, length);
        if (character < 'a' || character > 'z') {
            break;
        }
        if (length == 8) { /* longer than continue */
            return false;
        }
        word[++length] = (char)character;
    }
    word[length + 1] = ' ';
    return length > 0 && strstr(words, word) != NULL;
}

/* Whether an exact str is one expression, whose value the client can use; false if expressions.py
   must decide. */
static bool
is_plain_value(PyObject *text)
{
    return is_plain_statement(text)
           && PyUnicode_FindChar(text, ';', 0, PyUnicode_GET_LENGTH(text), 1) == -1
           && has_no_comment(text) && !begins_with_statement(text);
}

/* Whether signals may be nested in one of this name; false if signals.py must decide. */
static bool
may_hold_signals(const char *name, size_t length)
{
    static const char *const inherited[] = {"constructor",    "hasOwnProperty",
                                            "isPrototypeOf",  "propertyIsEnumerable",
                                            "toLocaleString", "toString",
                                            "valueOf"};
    for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
        if (strlen(inherited[i]) == length && memcmp(name, inherited[i], length) == 0) {
            return false;
        }
    }
    return length < 2 || name[0] != '_' || name[1] != '_';
}

/* Whether an exact str names a signal that is in no other one; false if signals.py must decide. */
static bool
is_plain_name_of_signal(PyObject *name)
{
    return is_ascii(name) && PyUnicode_GET_LENGTH(name) > 0 && is_all_in(WORD, name)
           && strcmp(ascii_of(name), "__proto__") != 0;
}

/* Whether an exact str names a signal, with dots if it is in others; false if signals.py must
   decide. */
static bool
is_plain_signal(PyObject *path)
{
    if (!is_ascii(path)) {
        return false;
    }
    const char *name = ascii_of(path); /* ends with a NUL */
    for (;;) {
        size_t length = 0;
        while (is_in(WORD, name[length])) {
            length++;
        }
        if (length == 0) {
            return false;
        }
        if (name[length] != '.') {
            return name + length == ascii_of(path) + PyUnicode_GET_LENGTH(path)
                   && strcmp(name, "__proto__") != 0;
        }
        if (!may_hold_signals(name, length)) {
            return false;
        }
        name += length + 1;
    }
}

#endif
