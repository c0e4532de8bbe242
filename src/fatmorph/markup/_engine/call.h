/* The call of a tag: its arguments are sorted, its content is checked, an element is made.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_CALL_H
#define FATMORPH_CALL_H

#include "attributes.h"
#include "children.h"
#include "places.h"

static int
add_positional(Builder *builder, PyObject *const *args, Py_ssize_t count)
{
    State *state = builder->state;
    Position position = {NULL, 0, 1};
    bool has_child = false;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = args[i];
        if (item == Py_None || item == Py_True || item == Py_False) {
            continue;
        }
        PyTypeObject *type = Py_TYPE(item);
        if (!has_child && type != state->element_type && type != &PyUnicode_Type
            && type != &PyList_Type && type != &PyGen_Type && type != &PyLong_Type) {
            int is_mapping = PyDict_CheckExact(item) || type == state->attrs_type;
            if (!is_mapping) {
                is_mapping = PyObject_IsInstance(item, state->mapping_type);
            }
            if (is_mapping > 0 && !PyDict_CheckExact(item) && type != state->attrs_type) {
                PyObject *answer = PyObject_CallOneArg(state->is_attributes, item);
                is_mapping = answer == NULL ? -1 : PyObject_IsTrue(answer);
                Py_XDECREF(answer);
            }
            if (is_mapping < 0 || (is_mapping && add_mapping(builder, item) < 0)) {
                return -1;
            }
            if (is_mapping) {
                continue;
            }
        }
        has_child = true; /* an empty list counts too: the valid order must not depend on data */
        position.index = i;
        if (add_child(builder, item, &position) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
replace_children(Builder *builder, PyObject *after)
{
    if (!PyTuple_CheckExact(after)) {
        PyErr_Format(PyExc_TypeError, "children are a tuple, not %.200s",
                     Py_TYPE(after)->tp_name);
        return -1;
    }
    while (builder->child_count > 0) {
        Py_DECREF(builder->children[--builder->child_count]);
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(after); i++) {
        PyObject *child = PyTuple_GET_ITEM(after, i); /* borrowed */
        if (!is_child(builder->state, child)) {
            PyErr_Format(PyExc_TypeError, "a child is not %.200s", Py_TYPE(child)->tp_name);
            return -1;
        }
        note_holds(builder, child);
        if (push_child(builder, Py_NewRef(child)) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Call the check of the attributes, which does not change them. */
static int
check_attributes(Builder *builder)
{
    PyObject *names = PyTuple_New(builder->pair_count);
    if (names == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < builder->pair_count; i++) {
        PyTuple_SET_ITEM(names, i, Py_NewRef(((Name *)builder->pairs[2 * i])->name));
    }
    PyObject *checked = PyObject_CallFunctionObjArgs(builder->tag->attribute_check,
                                                     builder->tag->name, names, NULL);
    Py_DECREF(names);
    Py_XDECREF(checked);
    return checked == NULL ? -1 : 0;
}

/* Call the check of the children, which may replace them: those of a script become one text. */
static int
check_content(Builder *builder)
{
    unsigned heeds = builder->tag->heeds;
    if (heeds != 0 && (builder->holds & heeds) == 0) {
        return 0; /* the check would find nothing */
    }
    PyObject *before = PyTuple_New(builder->child_count);
    if (before == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < builder->child_count; i++) {
        PyTuple_SET_ITEM(before, i, Py_NewRef(builder->children[i]));
    }
    PyObject *after =
        PyObject_CallFunctionObjArgs(builder->tag->check, builder->tag->name, before, NULL);
    Py_DECREF(before);
    if (after == NULL) {
        return -1;
    }
    int failed = 0;
    if (heeds == 0) {
        failed = replace_children(builder, after);
        builder->generated_start = builder->generated_stop = 0;
    }
    Py_DECREF(after);
    return failed;
}

static PyObject *
tag_vectorcall(PyObject *self, PyObject *const *args, size_t flagged_count, PyObject *keywords)
{
    Tag *tag = (Tag *)self;
    Py_ssize_t count = PyVectorcall_NARGS(flagged_count);
    Element *element = NULL;
    State *state = state_of(Py_TYPE(self));
    Builder builder;
    builder_init(&builder, state, tag);
    if (add_positional(&builder, args, count) < 0) {
        goto done;
    }
    if (keywords != NULL && add_keywords(&builder, args + count, keywords) < 0) {
        goto done;
    }
    if (tag->attribute_check != NULL && check_attributes(&builder) < 0) {
        goto done;
    }
    if (tag->check != NULL && check_content(&builder) < 0) {
        goto done;
    }
    element = builder_finish(&builder);
    if (state->library != NULL && element != NULL && !tag->is_fragment) {
        Tag *placed = placed_tag(state, tag);
        if (placed == NULL) {
            Py_CLEAR(element);
        }
        else {
            Py_SETREF(element->tag, placed);
        }
    }

done:
    builder_clear(&builder);
    return (PyObject *)element;
}

#endif
