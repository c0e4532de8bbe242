/* Tags and elements: their structs, and the functions that read, make and free them.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_TREE_H
#define FATMORPH_TREE_H

#include "names.h"

/* The kinds of content that an element may have at any depth, with the bits of _content.py. */
enum { HOLDS_VERBATIM = 2, HOLDS_ANYTHING = 3 };

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *name;
    PyObject *namespace;
    PyObject *check; /* called with the name and the children, returns children; or NULL */
    PyObject *attribute_check; /* called with the name and the attributes; or NULL */
    PyObject *start; /* bytes: <div */
    PyObject *end;   /* bytes: </div> */
    PyObject *place; /* the file and the line of the call, in development; or NULL */
    bool has_start_end; /* whether > closes the start tag */
    bool is_newline_dropping;
    bool is_fragment;
    unsigned heeds; /* its check is called only for these kinds of content; 0: always */
    unsigned holds; /* the kinds of content of each of its elements */
} Tag;

typedef struct {
    PyObject_VAR_HEAD
    PyObject *weak_references;
    Tag *tag;
    PyObject *html; /* bytes, if frozen */
    uint32_t pair_count;
    bool is_html_unencodable;
    bool has_generated : 1; /* whether it has a range of children from lists and iterators */
    uint8_t holds : 2;
    uint8_t before_generated; /* the number of children before this range */
    uint8_t after_generated; /* the number of children after it */
    PyObject *slots[]; /* pairs of Name and value (str or True), then children */
} Element;

#define ELEMENT(object) ((Element *)(object))

static inline Py_ssize_t
child_count(const Element *element)
{
    return Py_SIZE(element) - 2 * (Py_ssize_t)element->pair_count;
}

static inline PyObject **
children_of(Element *element)
{
    return element->slots + 2 * (size_t)element->pair_count;
}

static inline Name *
pair_name(const Element *element, uint32_t index)
{
    return (Name *)element->slots[2 * index];
}

static inline PyObject *
pair_value(const Element *element, uint32_t index)
{
    return element->slots[2 * index + 1];
}

static void
set_holds(Element *element, unsigned holds)
{
    element->holds = holds & HOLDS_ANYTHING;
}

/* Store the range of children from lists and iterators, unless there are too many around it. */
static void
set_generated(Element *element, Py_ssize_t start, Py_ssize_t stop)
{
    Py_ssize_t after = child_count(element) - stop;
    element->has_generated = start >= 0 && stop > start && after >= 0
                             && start <= MAX_BESIDE_GENERATED && after <= MAX_BESIDE_GENERATED;
    element->before_generated = element->has_generated ? (uint8_t)start : 0;
    element->after_generated = element->has_generated ? (uint8_t)after : 0;
}

static PyObject *
generated_range_of(Element *element)
{
    if (!element->has_generated) {
        return Py_BuildValue("(ii)", 0, 0);
    }
    return Py_BuildValue("(nn)", (Py_ssize_t)element->before_generated,
                         child_count(element) - element->after_generated);
}

static PyObject *
written_of(Element *element)
{
    PyObject *written = PyDict_New();
    for (uint32_t i = 0; written != NULL && i < element->pair_count; i++) {
        if (PyDict_SetItem(written, pair_name(element, i)->name, pair_value(element, i)) < 0) {
            Py_CLEAR(written);
        }
    }
    return written;
}

/* Return an element with uninitialised slots, which the caller must fill at once. */
static Element *
empty_element(State *state, Tag *tag, Py_ssize_t pair_count, Py_ssize_t child_count)
{
    if (pair_count > MAX_PAIRS) {
        PyErr_NoMemory();
        return NULL;
    }
    Element *element =
        PyObject_NewVar(Element, state->element_type, 2 * pair_count + child_count);
    if (element == NULL) {
        return NULL;
    }
    element->weak_references = NULL;
    element->tag = (Tag *)Py_NewRef(tag);
    element->html = NULL;
    element->pair_count = (uint32_t)pair_count;
    element->is_html_unencodable = false;
    element->has_generated = false;
    element->holds = 0;
    return element;
}

/* Return an equal element that is not frozen. */
static Element *
copied_element(State *state, Element *element)
{
    Element *copy =
        empty_element(state, element->tag, element->pair_count, child_count(element));
    if (copy == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < Py_SIZE(element); i++) {
        copy->slots[i] = Py_NewRef(element->slots[i]);
    }
    copy->has_generated = element->has_generated;
    copy->holds = element->holds;
    copy->before_generated = element->before_generated;
    copy->after_generated = element->after_generated;
    return copy;
}

static void
free_element(PyObject *self)
{
    Element *element = ELEMENT(self);
    PyTypeObject *type = Py_TYPE(self);
    if (element->weak_references != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Py_XDECREF(element->tag);
    Py_XDECREF(element->html);
    for (Py_ssize_t i = Py_SIZE(element) - 1; i >= 0; i--) {
        Py_XDECREF(element->slots[i]);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

/* The elements that are freed after the C stack has unwound. Each thread has its own. The type
   identifies the interpreter, because the callback of a weak reference may enter another one. */
typedef struct {
    PyTypeObject *type;
    int depth;
    Element *postponed; /* a chain through the html fields, which are not used any more */
} Freeing;

static _Thread_local Freeing freeing = {NULL, 0, NULL};

static void
free_postponed(void)
{
    while (freeing.postponed != NULL) {
        Element *next = freeing.postponed;
        freeing.postponed = ELEMENT(next->html);
        next->html = NULL;
        freeing.depth++;
        free_element((PyObject *)next);
        freeing.depth--;
    }
}

static void
element_dealloc(PyObject *self)
{
    Element *element = ELEMENT(self);
    if (child_count(element) == 0) {
        free_element(self); /* it has no child, so there is no recursion */
        return;
    }
    if (freeing.type == Py_TYPE(self)) {
        if (freeing.depth >= MAX_FREEING_DEPTH) {
            Py_CLEAR(element->html);
            element->html = (PyObject *)freeing.postponed;
            freeing.postponed = element;
            return;
        }
        freeing.depth++;
        free_element(self);
        freeing.depth--;
        return;
    }
    Freeing outer = freeing;
    freeing = (Freeing){Py_TYPE(self), 1, NULL};
    free_element(self);
    free_postponed();
    freeing = outer;
}

#endif
