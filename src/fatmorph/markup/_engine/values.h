/* The values of attributes: the plain ones are written here, without running Python code. All
   others are passed to the functions that both engines share, which have the complete rules.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_VALUES_H
#define FATMORPH_VALUES_H

#include "characters.h"
#include "names.h"
#include "numbers.h"

/* Whether the URL runs no code, by its first character alone; false if _url.py must decide. */
static bool
is_harmless_url(PyObject *url)
{
    if (PyUnicode_GET_LENGTH(url) == 0) {
        return true;
    }
    Py_UCS4 first = PyUnicode_READ_CHAR(url, 0);
    return first > ' ' && (first >= 0x80 || strchr("jJvVdD", (int)first) == NULL);
}

/* Whether _css.py would accept the name of a property; false if _css.py must decide. */
static bool
is_plain_property(PyObject *name)
{
    const char *text = ascii_of(name);
    return ((text[0] >= 'a' && text[0] <= 'z') || strncmp(text, "--", 2) == 0)
           && is_all_in(PROPERTY, name);
}

/* Whether _css.py would accept the text as one value; false if _css.py must decide. */
static bool
is_plain_css_value(PyObject *value)
{
    if (!is_all_in(CSS_VALUE, value)) {
        return false;
    }
    const char *text = ascii_of(value);
    Py_ssize_t length = PyUnicode_GET_LENGTH(value);
    Py_ssize_t open = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] == '(') {
            if (i > 0 && (text[i - 1] == 'l' || text[i - 1] == 'L')
                && (i < 3 || strncmp(text + i - 3, "hsl", 3) != 0)) {
                return false; /* url has rules of its own: no word that ends with l but hsl */
            }
            open++;
        }
        else if (text[i] == ')' && --open < 0) {
            return false;
        }
    }
    return open == 0;
}

/* Whether one item of a class or style mapping is plain; false if _values.py must decide. */
static inline bool
is_plain_item(PyObject *key, PyObject *value, bool is_style)
{
    if (!is_ascii(key) || PyUnicode_GET_LENGTH(key) == 0) {
        return false;
    }
    if (!is_style) {
        return PyUnicode_CheckExact(value) || value == Py_None || PyBool_Check(value);
    }
    return is_plain_property(key)
           && (value == Py_None || value == Py_False
               || (is_ascii(value) && is_plain_css_value(value)));
}

static inline bool
is_left_out(PyObject *value, bool is_style)
{
    return value == Py_None || value == Py_False
           || (!is_style && value != Py_True && PyUnicode_GET_LENGTH(value) == 0);
}

/* Set *written to the text of a class or style mapping; the result is that of plain_value(). */
static int
joined_items(PyObject *mapping, bool is_style, PyObject **written)
{
#ifdef Py_GIL_DISABLED
    return 1; /* another thread may change the mapping */
#endif
    char text[MAX_JOINED];
    char *out = text;
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    while (PyDict_Next(mapping, &position, &key, &value)) {
        if (!is_plain_item(key, value, is_style)) {
            return 1;
        }
        if (is_left_out(value, is_style)) {
            continue;
        }
        Py_ssize_t length = PyUnicode_GET_LENGTH(key) + 2;
        length += is_style ? PyUnicode_GET_LENGTH(value) : 0;
        if (length > text + MAX_JOINED - out) {
            return 1;
        }
        if (out > text) {
            *out++ = is_style ? ';' : ' ';
        }
        out = copy_ascii(out, key);
        if (is_style) {
            *out++ = ':';
            out = copy_ascii(out, value);
        }
    }
    if (out == text) {
        return 0;
    }
    *written = PyUnicode_New(out - text, 127);
    if (*written == NULL) {
        return -1;
    }
    memcpy(PyUnicode_1BYTE_DATA(*written), text, (size_t)(out - text));
    return 0;
}

/* Set *written to the text of a plain value (or to True), or to NULL to leave the attribute out.
   Return 1 if the value is not plain, -1 on error. Runs no Python code. */
static inline int
plain_value(const State *state, const Name *name, PyObject *value, PyObject **written)
{
    *written = NULL;
    int kind = name->kind;
    if (PyUnicode_CheckExact(value)) {
        if (kind == URL_VALUE && !is_harmless_url(value)) {
            return 1;
        }
        *written = Py_NewRef(value);
        return 0;
    }
    if (kind == UNKNOWN_KIND) {
        return 1;
    }
    if (value == Py_None || (value == Py_False && kind != TRUE_FALSE_VALUE)) {
        return 0;
    }
    if (value == Py_True && (kind == ANY_VALUE || kind == URL_VALUE)) {
        *written = Py_NewRef(value);
        return 0;
    }
    if (kind == ANY_VALUE && (PyLong_CheckExact(value) || PyFloat_CheckExact(value))) {
        *written = number_text(state, value);
        if (*written != NULL) {
            return 0;
        }
        return PyErr_Occurred() ? -1 : 1;
    }
    if ((kind == CLASS_VALUE || kind == STYLE_VALUE) && PyDict_CheckExact(value)) {
        return joined_items(value, kind == STYLE_VALUE, written);
    }
    return 1;
}

#endif
