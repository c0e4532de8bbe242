/* The attributes of a call: keywords and mappings, added to the builder. If every value is plain,
   this engine adds them, otherwise the functions that both engines share.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_ATTRIBUTES_H
#define FATMORPH_ATTRIBUTES_H

#include "builder.h"
#include "values.h"

/* Add the pairs of a dict that the shared functions wrote. */
static int
take_pairs(Builder *builder, PyObject *written)
{
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    while (PyDict_Next(written, &position, &key, &value)) {
        /* Only these can be rendered, and a debugger or a frame's locals may change the dict. */
        if (value != Py_True && !PyUnicode_CheckExact(value)) {
            PyErr_Format(PyExc_TypeError, "an attribute is a str or True, not %.200s",
                         Py_TYPE(value)->tp_name);
            return -1;
        }
        Name *name = name_for(builder->state, key, UNKNOWN_KIND);
        if (name == NULL || push_pair(builder, name, Py_NewRef(value)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Pass the pairs so far to a shared function as a dict, then take them back. */
static int
with_written(Builder *builder, PyObject *function, PyObject *first, PyObject *second)
{
    int failed = -1;
    PyObject *result = NULL;
    PyObject *written = PyDict_New();
    if (written == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < builder->pair_count; i++) {
        Name *name = (Name *)builder->pairs[2 * i];
        if (PyDict_SetItem(written, name->name, builder->pairs[2 * i + 1]) < 0) {
            goto done;
        }
    }
    result = PyObject_CallFunctionObjArgs(function, written, builder->tag->name, first, second,
                                          NULL);
    if (result == NULL) {
        goto done;
    }
    for (Py_ssize_t i = 0; i < 2 * builder->pair_count; i++) {
        Py_DECREF(builder->pairs[i]);
    }
    builder->pair_count = 0;
    failed = take_pairs(builder, written);

done:
    Py_XDECREF(result);
    Py_DECREF(written);
    return failed;
}

/* Add an attribute if its value is plain and its name is new; steals the name. Return 1 if the
   shared function has to add it, -1 on error. */
static inline int
add_plain_pair(Builder *builder, Name *name, PyObject *value)
{
    PyObject *written = NULL;
    int outcome =
        has_pair(builder, name) ? 1 : plain_value(builder->state, name, value, &written);
    if (written == NULL) {
        Py_DECREF(name);
        return outcome;
    }
    return push_pair(builder, name, written);
}

/* Add the attributes of a dict if all can be written unchanged. No Python code runs while it is
   read. Return 1 if the shared function has to add them, and set *unknown to the first key that
   is in no cache, if there is one. Return -1 on error. The caller removes the pairs again. */
static int
add_plain_items(Builder *builder, PyObject *mapping, PyObject **unknown)
{
    State *state = builder->state;
    PyObject *key, *value; /* borrowed */
    Py_ssize_t position = 0;
    while (PyDict_Next(mapping, &position, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) {
            return 1;
        }
        PyObject *name;
        if (dict_get(state->written_names, key, &name) < 0) {
            return -1;
        }
        if (name == NULL) {
            *unknown = Py_NewRef(key);
            return 1;
        }
        if (name == Py_None) {
            Py_DECREF(name);
            return 1;
        }
        int outcome = add_plain_pair(builder, (Name *)name, value);
        if (outcome != 0) {
            return outcome;
        }
    }
    return 0;
}

static int
add_plain_dict(Builder *builder, PyObject *mapping)
{
    State *state = builder->state;
    Py_ssize_t pairs_before = builder->pair_count;
    PyObject *unknown = NULL;
    int outcome = 1;
    if (PyDict_GET_SIZE(mapping) + pairs_before > MAX_SEARCHED_PAIRS) {
        return 1;
    }
#if PY_VERSION_HEX >= 0x030D0000
    Py_BEGIN_CRITICAL_SECTION(mapping);
#endif
    outcome = add_plain_items(builder, mapping, &unknown);
#if PY_VERSION_HEX >= 0x030D0000
    Py_END_CRITICAL_SECTION();
#endif
    while (outcome == 1 && builder->pair_count > pairs_before) {
        builder->pair_count--;
        Py_DECREF(builder->pairs[2 * builder->pair_count]);
        Py_DECREF(builder->pairs[2 * builder->pair_count + 1]);
    }
    if (unknown != NULL) { /* for the next call; in this call, Python code reads the mapping */
        PyObject *learned =
            learn_name(state, state->written_names, state->verbatim_key, unknown);
        Py_DECREF(unknown);
        if (learned == NULL) {
            return -1;
        }
        Py_DECREF(learned);
    }
    return outcome;
}

/* Add Attrs: the one attribute of a shortcut, or those of a dict. */
static int
add_attrs(Builder *builder, PyObject *attrs)
{
    State *state = builder->state;
    PyObject *written = *slot_of(attrs, state->attrs_written); /* borrowed, as all in Attrs */
    PyObject *name = *slot_of(attrs, state->attrs_name);
    PyObject *text = *slot_of(attrs, state->attrs_text);
    if (written != NULL || name == NULL || text == NULL) {
        return written != NULL && PyDict_CheckExact(written) ? add_plain_dict(builder, written) : 1;
    }
    Name *known; /* the name has a hyphen, so that it is the same as a keyword */
    if (keyword_name(state, name, &known) < 0) {
        return -1;
    }
    return known == NULL ? 1 : add_plain_pair(builder, known, text);
}

static int
add_mapping(Builder *builder, PyObject *mapping)
{
    State *state = builder->state;
    int outcome = 1;
    if (PyDict_CheckExact(mapping)) {
        outcome = add_plain_dict(builder, mapping);
    }
    else if (Py_IS_TYPE(mapping, state->attrs_type)) {
        outcome = add_attrs(builder, mapping);
    }
    return outcome < 1 ? outcome : with_written(builder, state->add_mapping, mapping, NULL);
}

static int
add_keywords(Builder *builder, PyObject *const *values, PyObject *keywords)
{
    State *state = builder->state;
    for (Py_ssize_t i = 0, n = PyTuple_GET_SIZE(keywords); i < n; i++) {
        PyObject *keyword = PyTuple_GET_ITEM(keywords, i); /* borrowed */
        PyObject *value = values[i];
        Name *name;
        if (keyword_name(state, keyword, &name) < 0) {
            return -1;
        }
        int outcome = name == NULL ? 1 : add_plain_pair(builder, name, value);
        if (outcome == 1) {
            outcome = with_written(builder, state->add_keyword, keyword, value);
        }
        if (outcome < 0) {
            return -1;
        }
    }
    return 0;
}

#endif
