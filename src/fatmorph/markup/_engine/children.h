/* Children: common ones are added here, and iterables are flattened. All others are passed to the
   functions that both engines share.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_CHILDREN_H
#define FATMORPH_CHILDREN_H

#include "builder.h"
#include "numbers.h"

/* The position of an argument or item: its index, and the positions of the iterables around it. */
typedef struct Position {
    const struct Position *outer;
    Py_ssize_t index;
    Py_ssize_t depth; /* 1 for an argument itself */
} Position;

static PyObject *
position_tuple(const Position *position)
{
    PyObject *tuple = PyTuple_New(position->depth);
    for (; tuple != NULL && position != NULL; position = position->outer) {
        PyObject *index = PyLong_FromSsize_t(position->index);
        if (index == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, position->depth - 1, index);
        }
    }
    return tuple;
}

/* Call a shared function with the element's name, an object and its position. */
static PyObject *
call_with_position(PyObject *function, Tag *tag, PyObject *item, const Position *position)
{
    PyObject *tuple = position_tuple(position);
    if (tuple == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(function, tag->name, item, tuple, NULL);
    Py_DECREF(tuple);
    return result;
}

static int add_children(Builder *builder, PyObject *items, const Position *position);

static bool
is_child(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return type == &PyUnicode_Type || type == state->markup_type
           || (type == state->element_type && !ELEMENT(object)->tag->is_fragment);
}

/* Add an uncommon child in the form that the shared function returns: text, or a tuple or list of
   children in its position. */
static int
add_converted(Builder *builder, PyObject *item, const Position *position)
{
    State *state = builder->state;
    bool is_tag = Py_IS_TYPE(item, state->tag_type);
    PyObject *child = call_with_position(is_tag ? state->uncalled_tag : state->convert_child,
                                         builder->tag, item, position);
    if (child == NULL) {
        return -1;
    }
    if (child == Py_NotImplemented) { /* an iterable */
        Py_DECREF(child);
        return add_children(builder, item, position);
    }
    if (PyTuple_CheckExact(child) || PyList_CheckExact(child)) {
        int failed = add_children(builder, child, position);
        Py_DECREF(child);
        return failed;
    }
    if (!is_child(state, child)) {
        PyErr_Format(PyExc_TypeError, "a child is not %.200s", Py_TYPE(child)->tp_name);
        Py_DECREF(child);
        return -1;
    }
    note_holds(builder, child);
    return push_child(builder, child);
}

/* Add the children of a fragment, which is not itself a child. */
static int
add_fragment(Builder *builder, Element *fragment)
{
    Py_ssize_t start = builder->child_count;
    PyObject **children = children_of(fragment);
    for (Py_ssize_t i = 0, n = child_count(fragment); i < n; i++) {
        if (push_child(builder, Py_NewRef(children[i])) < 0) {
            return -1;
        }
    }
    builder->holds |= fragment->holds;
    if (fragment->has_generated) {
        note_generated(builder, start + fragment->before_generated,
                       builder->child_count - fragment->after_generated);
    }
    return 0;
}

/* Add one child, or the children in an iterable. */
static int
add_child(Builder *builder, PyObject *item, const Position *position)
{
    State *state = builder->state;
    PyTypeObject *type = Py_TYPE(item);
    if (type == state->element_type) {
        if (!ELEMENT(item)->tag->is_fragment) {
            builder->holds |= ELEMENT(item)->holds;
            return push_child(builder, Py_NewRef(item));
        }
        return add_fragment(builder, ELEMENT(item));
    }
    if (type == &PyUnicode_Type) {
        return push_child(builder, Py_NewRef(item));
    }
    if (type == state->markup_type) {
        builder->holds |= HOLDS_VERBATIM;
        return push_child(builder, Py_NewRef(item));
    }
    if (item == Py_None || item == Py_True || item == Py_False) {
        return 0;
    }
    if (type == &PyList_Type || type == &PyTuple_Type || type == &PyGen_Type) {
        return add_children(builder, item, position);
    }
    if (type == &PyLong_Type || type == &PyFloat_Type) {
        PyObject *text = number_text(state, item);
        if (text != NULL) {
            return push_child(builder, text);
        }
        if (PyErr_Occurred()) {
            return -1;
        }
    }
    return add_converted(builder, item, position);
}

/* Return the current exception and clear it. */
static PyObject *
taken_error(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(error, traceback); /* cannot fail for a traceback */
        Py_DECREF(traceback);
    }
    Py_XDECREF(type);
    return error;
#endif
}

static void
raise_error(PyObject *error)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(error);
#else
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
#endif
}

/* Add the place in the call to an exception that the user's own code raised. */
static int
note_failure(Builder *builder, const Position *position)
{
    PyObject *error = taken_error();
    PyObject *noted = call_with_position(builder->state->note_failure, builder->tag, error,
                                         position);
    if (noted != NULL) {
        Py_DECREF(noted);
        raise_error(error);
        return -1;
    }
    /* The function raised an exception of its own, such as a KeyboardInterrupt. It is raised with
       the earlier one as its context, as in an except block. */
    PyObject *later = taken_error();
    if (later != error) {
        PyException_SetContext(later, error);
    }
    else {
        Py_DECREF(error);
    }
    raise_error(later);
    return -1;
}

/* Add the items of a list or tuple. Like Python's own iterator, the loop reads the length again
   for each index, because the code that builds a child may change the list. */
static int
add_items(Builder *builder, PyObject *items, Position *position)
{
    bool is_list = PyList_CheckExact(items);
    for (; position->index < PySequence_Fast_GET_SIZE(items); position->index++) {
#if PY_VERSION_HEX >= 0x030D0000
        PyObject *item = is_list ? PyList_GetItemRef(items, position->index)
                                 : Py_NewRef(PyTuple_GET_ITEM(items, position->index));
        if (item == NULL) {
            PyErr_Clear(); /* another thread shortened the list */
            return 0;
        }
#else
        PyObject *item = Py_NewRef(is_list ? PyList_GET_ITEM(items, position->index)
                                           : PyTuple_GET_ITEM(items, position->index));
#endif
        int failed = add_child(builder, item, position);
        Py_DECREF(item);
        if (failed < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_iterated(Builder *builder, PyObject *items, Position *position)
{
    PyObject *iterator = PyObject_GetIter(items);
    if (iterator == NULL) {
        return -1;
    }
    /* Counts a second level: an iterator such as map() may call a tag without counting a level of
       its own. */
    int failed = Py_EnterRecursiveCall(RECURSION) ? -1 : 0;
    if (failed == 0) {
        PyObject *item;
        while (failed == 0 && (item = PyIter_Next(iterator)) != NULL) {
            failed = add_child(builder, item, position);
            Py_DECREF(item);
            position->index += failed == 0;
        }
        Py_LeaveRecursiveCall();
    }
    Py_DECREF(iterator);
    return failed < 0 || PyErr_Occurred() ? -1 : 0;
}

/* Add the children in an iterable. */
static int
add_children(Builder *builder, PyObject *items, const Position *outer)
{
    State *state = builder->state;
    if (outer->depth > MAX_NESTED_ITERABLES) {
        Py_XDECREF(call_with_position(state->too_deep, builder->tag, items, outer));
        return -1;
    }
    if (PyGen_CheckExact(items)) {
        PyObject *checked = call_with_position(state->check_generator, builder->tag, items, outer);
        if (checked == NULL) {
            return -1;
        }
        Py_DECREF(checked);
    }
    Py_ssize_t start = builder->child_count;
    Position position = {outer, 0, outer->depth + 1};
    if (Py_EnterRecursiveCall(RECURSION)) {
        return note_failure(builder, &position);
    }
    int failed = PyList_CheckExact(items) || PyTuple_CheckExact(items)
                     ? add_items(builder, items, &position)
                     : add_iterated(builder, items, &position);
    Py_LeaveRecursiveCall();
    if (failed < 0) {
        return note_failure(builder, &position);
    }
    if (!PyTuple_CheckExact(items)) {
        note_generated(builder, start, builder->child_count);
    }
    return 0;
}

#endif
