/* The builder: the children and attributes of a call, before the element is made.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_BUILDER_H
#define FATMORPH_BUILDER_H

#include "tree.h"

/* The size of an element is known only after all arguments are read. Until then its parts are
   collected here, usually without a call of malloc(). All references are strong. */
typedef struct {
    State *state;
    Tag *tag;
    PyObject **children;
    Py_ssize_t child_count;
    Py_ssize_t child_capacity;
    Py_ssize_t generated_start; /* the children that came from lists and iterators */
    Py_ssize_t generated_stop;
    unsigned holds; /* the kinds of content of the children */
    PyObject *inline_children[INLINE_CHILDREN];
    PyObject **pairs;
    Py_ssize_t pair_count;
    Py_ssize_t pair_capacity;
    PyObject *inline_pairs[2 * INLINE_PAIRS];
} Builder;

static void
builder_init(Builder *builder, State *state, Tag *tag)
{
    builder->state = state;
    builder->tag = tag;
    builder->children = builder->inline_children;
    builder->child_count = 0;
    builder->child_capacity = INLINE_CHILDREN;
    builder->generated_start = builder->generated_stop = 0;
    builder->holds = 0;
    builder->pairs = builder->inline_pairs;
    builder->pair_count = 0;
    builder->pair_capacity = INLINE_PAIRS;
}

static void
builder_clear(Builder *builder)
{
    for (Py_ssize_t i = 0; i < builder->child_count; i++) {
        Py_DECREF(builder->children[i]);
    }
    for (Py_ssize_t i = 0; i < 2 * builder->pair_count; i++) {
        Py_DECREF(builder->pairs[i]);
    }
    builder->child_count = builder->pair_count = 0;
    if (builder->children != builder->inline_children) {
        PyMem_Free(builder->children);
    }
    if (builder->pairs != builder->inline_pairs) {
        PyMem_Free(builder->pairs);
    }
}

/* Make room for more pointers in an array that begins as part of the builder. */
static int
grow(PyObject ***array, PyObject **inline_array, Py_ssize_t used, Py_ssize_t capacity)
{
    if (capacity > PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(PyObject *)) {
        PyErr_NoMemory();
        return -1;
    }
    PyObject **larger = larger_array(*array, inline_array, (size_t)used * sizeof(PyObject *),
                                     (size_t)capacity * sizeof(PyObject *));
    if (larger == NULL) {
        return -1;
    }
    *array = larger;
    return 0;
}

/* Add a child; steals the reference, also on error. */
static inline int
push_child(Builder *builder, PyObject *child)
{
    if (builder->child_count == builder->child_capacity) {
        Py_ssize_t capacity = 2 * builder->child_capacity;
        if (grow(&builder->children, builder->inline_children, builder->child_count, capacity)
            < 0) {
            Py_DECREF(child);
            return -1;
        }
        builder->child_capacity = capacity;
    }
    builder->children[builder->child_count++] = child;
    return 0;
}

/* Add the kinds of content of a child: an element, Markup or text. */
static inline void
note_holds(Builder *builder, PyObject *child)
{
    if (Py_IS_TYPE(child, builder->state->element_type)) {
        builder->holds |= ELEMENT(child)->holds;
    }
    else if (!PyUnicode_CheckExact(child)) {
        builder->holds |= HOLDS_VERBATIM;
    }
}

/* Add an attribute; steals both references, also on error. */
static inline int
push_pair(Builder *builder, Name *name, PyObject *value)
{
    if (builder->pair_count == builder->pair_capacity) {
        Py_ssize_t capacity = 2 * builder->pair_capacity;
        if (grow(&builder->pairs, builder->inline_pairs, 2 * builder->pair_count, 2 * capacity)
            < 0) {
            Py_DECREF(name);
            Py_DECREF(value);
            return -1;
        }
        builder->pair_capacity = capacity;
    }
    builder->pairs[2 * builder->pair_count] = (PyObject *)name;
    builder->pairs[2 * builder->pair_count + 1] = value;
    builder->pair_count++;
    return 0;
}

/* Extend the range of the children that came from a list or an iterator. */
static inline void
note_generated(Builder *builder, Py_ssize_t start, Py_ssize_t stop)
{
    if (stop > start) {
        if (builder->generated_stop == 0 || start < builder->generated_start) {
            builder->generated_start = start;
        }
        builder->generated_stop = stop;
    }
}

static inline bool
has_pair(const Builder *builder, const Name *name)
{
    for (Py_ssize_t i = 0; i < builder->pair_count; i++) {
        if (same_name((Name *)builder->pairs[2 * i], name)) { /* borrowed */
            return true;
        }
    }
    return false;
}

/* Return the element; the builder's references move into it. */
static Element *
builder_finish(Builder *builder)
{
    Element *element = empty_element(builder->state, builder->tag, builder->pair_count,
                                     builder->child_count);
    if (element == NULL) {
        return NULL;
    }
    memcpy(element->slots, builder->pairs, 2 * (size_t)builder->pair_count * sizeof(PyObject *));
    memcpy(children_of(element), builder->children,
           (size_t)builder->child_count * sizeof(PyObject *));
    set_holds(element, builder->holds | builder->tag->holds);
    set_generated(element, builder->generated_start, builder->generated_stop);
    builder->pair_count = builder->child_count = 0;
    return element;
}

#endif
