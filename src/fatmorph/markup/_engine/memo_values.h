/* The tokens of the arguments of a memoised view: those of plain values, tuples and records.

   Tokens are described in _memo_plan.py, whose flatten() makes those of all other values.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_MEMO_VALUES_H
#define FATMORPH_MEMO_VALUES_H

#include "memo_entries.h"

/* Enough for the parts of most arguments, so that a call needs no malloc(). */
#define INLINE_TOKENS 32
/* Deeper values are flattened in Python. */
#define MAX_VALUE_DEPTH 20

/* The values that are a token each, and the records that flatten() has seen. */
typedef struct {
    State *state;
    PyTypeObject *enum_type;
    PyObject *records; /* a dict: class -> tuple of the names of its fields */
} Values;

/* Growing tokens. All references are strong. */
typedef struct {
    PyObject **tokens;
    Py_ssize_t count;
    Py_ssize_t capacity;
    PyObject *inline_tokens[INLINE_TOKENS];
} Tokens;

static void
tokens_init(Tokens *tokens)
{
    tokens->tokens = tokens->inline_tokens;
    tokens->count = 0;
    tokens->capacity = INLINE_TOKENS;
}

static void
tokens_clear(Tokens *tokens)
{
    for (Py_ssize_t i = 0; i < tokens->count; i++) {
        Py_DECREF(tokens->tokens[i]);
    }
    if (tokens->tokens != tokens->inline_tokens) {
        PyMem_Free(tokens->tokens);
    }
}

/* Add a token; steals the reference, also on error. Return 1, or -1 on error. */
static int
push_token(Tokens *tokens, PyObject *token)
{
    if (token == NULL) {
        return -1;
    }
    if (tokens->count == tokens->capacity) {
        Py_ssize_t capacity = 2 * tokens->capacity;
        if (grow(&tokens->tokens, tokens->inline_tokens, tokens->count, capacity) < 0) {
            Py_DECREF(token);
            return -1;
        }
        tokens->capacity = capacity;
    }
    tokens->tokens[tokens->count++] = token;
    return 1;
}

static inline bool
is_token(const Values *values, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    return type == &PyUnicode_Type || type == &PyLong_Type || type == &PyBool_Type
           || type == &PyFloat_Type || value == Py_None || type == values->state->markup_type
           || type == values->state->element_type || Py_IS_TYPE(type, values->enum_type);
}

static int add_value(const Values *values, Tokens *tokens, PyObject *value, int depth);

static int
add_parts(const Values *values, Tokens *tokens, PyObject *tuple, int depth)
{
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    int outcome = push_token(tokens, PyLong_FromSsize_t(count));
    for (Py_ssize_t i = 0; outcome > 0 && i < count; i++) {
        outcome = add_value(values, tokens, PyTuple_GET_ITEM(tuple, i), depth);
    }
    return outcome;
}

/* Add the fields of a record. Its dict, if it has one, must have them and no more. */
static int
add_fields(const Values *values, Tokens *tokens, PyObject *record, PyObject *names, int depth)
{
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    PyObject *attributes = NULL;
    int outcome = 1;
    if (Py_TYPE(record)->tp_dictoffset != 0) {
        attributes = PyObject_GenericGetDict(record, NULL);
        if (attributes == NULL) {
            return -1;
        }
        outcome = PyDict_CheckExact(attributes) && PyDict_GET_SIZE(attributes) == count;
    }
    for (Py_ssize_t i = 0; outcome > 0 && i < count; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i); /* borrowed */
        PyObject *field = NULL;
        if (attributes == NULL) {
            field = PyObject_GenericGetAttr(record, name);
            outcome = field == NULL ? -1 : 1;
        }
        else {
            outcome = dict_get(attributes, name, &field);
            outcome = outcome < 0 ? -1 : field != NULL;
        }
        if (outcome > 0) {
            outcome = add_value(values, tokens, field, depth);
        }
        Py_XDECREF(field);
    }
    Py_XDECREF(attributes);
    return outcome;
}

/* Add the tokens of a value: return 1, 0 if only Python can, or -1 on error. */
static int
add_value(const Values *values, Tokens *tokens, PyObject *value, int depth)
{
    PyTypeObject *type = Py_TYPE(value);
    if (is_token(values, value)) {
        return push_token(tokens, Py_NewRef(value));
    }
    if (depth > MAX_VALUE_DEPTH) {
        return 0;
    }
    PyObject *names = NULL; /* of the fields of a record */
    if (type != &PyTuple_Type) {
        if (dict_get(values->records, (PyObject *)type, &names) < 0) {
            return -1;
        }
        if (names == NULL || !PyTuple_CheckExact(names)) {
            Py_XDECREF(names);
            return 0;
        }
    }
    int outcome = push_token(tokens, Py_NewRef(type));
    if (outcome > 0) {
        outcome = PyTuple_Check(value) ? add_parts(values, tokens, value, depth + 1)
                                       : add_fields(values, tokens, value, names, depth + 1);
    }
    Py_XDECREF(names);
    return outcome;
}

/* Add the tokens of the arguments of a call: return 1, 0 if only Python can, or -1 on error. */
static int
add_values(const Values *values, Tokens *tokens, PyObject *const *items, Py_ssize_t count)
{
    int outcome = 1;
    for (Py_ssize_t i = 0; outcome > 0 && i < count; i++) {
        outcome = add_value(values, tokens, items[i], 0);
    }
    return outcome;
}

#endif
