/* Objects of JavaScript made of plain dicts: signals with their values, names with expressions.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_OBJECTS_H
#define FATMORPH_OBJECTS_H

#include "buffer.h"
#include "literals.h"
#include "values.h"

/* Deeper values are written in Python, which counts its frames. */
#define MAX_NESTED_VALUES 20
#define FIRST_OBJECT_BYTES 256
/* The browser rounds larger integers: the number of escape.py. */
#define MAX_SAFE_INTEGER 9007199254740991

/* Write an exact str of ASCII in quotes. */
static int
write_quoted(Buffer *buffer, PyObject *text)
{
    size_t length = (size_t)literal_length(UNSAFE_IN_STRING, text);
    char *out = reserve(buffer, length + 2);
    if (out == NULL) {
        return -1;
    }
    *out = '\'';
    *write_literal(out + 1, UNSAFE_IN_STRING, text) = '\'';
    buffer->length += length + 2;
    return 0;
}

/* Write the name of a property, in quotes where JavaScript needs them, and a colon. */
static int
write_key(Buffer *buffer, PyObject *key, bool is_first)
{
    bool is_bare = is_all_in(WORD, key) && !Py_ISDIGIT(ascii_of(key)[0]);
    if ((!is_first && write_bytes(buffer, ", ", 2) < 0)
        || (is_bare ? write_bytes(buffer, ascii_of(key), (size_t)PyUnicode_GET_LENGTH(key))
                    : write_quoted(buffer, key)) < 0) {
        return -1;
    }
    return write_bytes(buffer, ": ", 2);
}

/* Write an int or a float; 1 if JavaScript may not have it. */
static int
write_number(Buffer *buffer, const State *state, PyObject *number)
{
    if (PyFloat_CheckExact(number)) {
        double value = PyFloat_AS_DOUBLE(number);
        if (value != value || value - value != 0.0) { /* NaN, infinity */
            return 1;
        }
    }
    else {
        int overflow;
        long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
        if (overflow != 0 || value > MAX_SAFE_INTEGER || value < -MAX_SAFE_INTEGER) {
            return 1;
        }
    }
    PyObject *text = number_text(state, number);
    if (text == NULL) {
        return PyErr_Occurred() ? -1 : 1;
    }
    int failed = write_bytes(buffer, ascii_of(text), (size_t)PyUnicode_GET_LENGTH(text));
    Py_DECREF(text);
    return failed;
}

/* Where a value of a signal is written. */
typedef struct {
    const State *state;
    Buffer *buffer;
    bool if_missing; /* the client then ignores null */
    bool is_tree;    /* not inside of a list, which is one signal */
    int depth;
} SignalPlace;

static int write_signals(SignalPlace place, PyObject *values);

/* Write a value of a signal. Return 1 if it is not plain, -1 on error. Runs no Python code. */
static int
write_signal(SignalPlace place, PyObject *value)
{
    if (value == Py_None) {
        return place.if_missing ? 1 : write_bytes(place.buffer, "null", 4);
    }
    if (value == Py_True) {
        return write_bytes(place.buffer, "true", 4);
    }
    if (value == Py_False) {
        return write_bytes(place.buffer, "false", 5);
    }
    if (is_ascii(value)) {
        return write_quoted(place.buffer, value);
    }
    if (PyLong_CheckExact(value) || PyFloat_CheckExact(value)) {
        return write_number(place.buffer, place.state, value);
    }
    if (++place.depth > MAX_NESTED_VALUES) {
        return 1;
    }
    if (PyDict_CheckExact(value)) {
        return write_signals(place, value);
    }
    if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value)) {
        return 1;
    }
    place.is_tree = place.if_missing = false;
    int outcome = write_bytes(place.buffer, "[", 1);
    for (Py_ssize_t i = 0; outcome == 0 && i < PySequence_Fast_GET_SIZE(value); i++) {
        outcome = i == 0 ? 0 : write_bytes(place.buffer, ", ", 2);
        outcome = outcome < 0 ? -1 : write_signal(place, PySequence_Fast_GET_ITEM(value, i));
    }
    return outcome == 0 ? write_bytes(place.buffer, "]", 1) : outcome;
}

/* Write a dict of signals; the result is that of write_signal(). */
static int
write_signals(SignalPlace place, PyObject *values)
{
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    bool is_first = true;
    int outcome = write_bytes(place.buffer, "{", 1);
    while (outcome == 0 && PyDict_Next(values, &position, &key, &value)) {
        if (!is_plain_name_of_signal(key)
            || (PyDict_CheckExact(value) && place.is_tree
                && !may_hold_signals(ascii_of(key), (size_t)PyUnicode_GET_LENGTH(key)))) {
            return 1;
        }
        outcome = write_key(place.buffer, key, is_first);
        outcome = outcome < 0 ? -1 : write_signal(place, value);
        is_first = false;
    }
    return outcome == 0 ? write_bytes(place.buffer, "}", 1) : outcome;
}

/* Whether expressions.py would write an expression between commas unchanged. */
static bool
is_plain_operand(PyObject *text)
{
    return is_ascii(text) && is_plain_value(text)
           && ascii_of(text)[PyUnicode_GET_LENGTH(text) - 1] > ' ';
}

/* Whether a name has no rules of its own: any class but an empty one; a lower-case property of
   CSS; an attribute that is among the harmless ones. Return -1 on error. */
static int
is_plain_name(PyObject *name, PyObject *harmless)
{
    if (!is_ascii(name) || PyUnicode_GET_LENGTH(name) == 0) {
        return 0;
    }
    if (harmless != Py_None) {
        return PySet_Contains(harmless, name);
    }
    return ascii_of(name)[0] > ' ' && strcmp(ascii_of(name), "__proto__") != 0;
}

/* Write a dict of names and expressions; the result is that of write_signal(). */
static int
write_expressions(Buffer *buffer, PyObject *expressions, PyObject *harmless)
{
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    bool is_first = true;
    if (write_bytes(buffer, "{", 1) < 0) {
        return -1;
    }
    while (PyDict_Next(expressions, &position, &key, &value)) {
        int is_plain = PyUnicode_CheckExact(key) ? is_plain_name(key, harmless) : 0;
        if (is_plain < 1 || !is_plain_operand(value)) {
            return is_plain < 0 ? -1 : 1;
        }
        size_t length = (size_t)PyUnicode_GET_LENGTH(value);
        const char *text = ascii_of(value);
        bool is_enclosed = text[0] == '{' || memchr(text, ',', length) != NULL;
        if (write_key(buffer, key, is_first) < 0
            || (is_enclosed && write_bytes(buffer, "(", 1) < 0)
            || write_bytes(buffer, text, length) < 0
            || (is_enclosed && write_bytes(buffer, ")", 1) < 0)) {
            return -1;
        }
        is_first = false;
    }
    return write_bytes(buffer, "}", 1);
}

/* Set *made to the text of a dict, or to NULL if it is not plain. Return -1 on error. */
static int
make_object(const State *state, PyObject *values, PyObject *harmless, bool is_signals,
            bool if_missing, PyObject **made)
{
    Buffer buffer;
    *made = NULL;
    if (!PyDict_CheckExact(values)) {
        return 0;
    }
#ifdef Py_GIL_DISABLED
    return 0; /* another thread may change the dict */
#endif
    if (buffer_init(&buffer, FIRST_OBJECT_BYTES, NULL) < 0) {
        return -1;
    }
    int outcome = is_signals
                      ? write_signals((SignalPlace){state, &buffer, if_missing, true, 0}, values)
                      : write_expressions(&buffer, values, harmless);
    if (outcome == 0) {
        *made = PyUnicode_New((Py_ssize_t)buffer.length, 127);
        outcome = *made == NULL ? -1 : 0;
    }
    if (outcome == 0) {
        memcpy(PyUnicode_1BYTE_DATA(*made), PyBytes_AS_STRING(buffer.bytes), buffer.length);
    }
    Py_XDECREF(buffer.bytes);
    return outcome < 0 ? -1 : 0;
}

#endif
