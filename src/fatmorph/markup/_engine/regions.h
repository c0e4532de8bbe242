/* The regions of a tree that contain all differences to another tree of the same shape.

   Two trees have the same shape if they have the same tags, ids and other attributes that decide
   how a page is parsed and morphed, so that only texts and plain attributes differ.
   _regions_py.py has the rules.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_REGIONS_H
#define FATMORPH_REGIONS_H

#include "comparing.h"
#include "types.h"

/* An element of the path to a difference, and its partner. Borrowed: the roots hold both trees. */
typedef struct {
    Element *old;
    Element *new;
    Py_ssize_t next;
    Py_ssize_t mark; /* how many regions were found before it */
} PairFrame;

typedef struct {
    State *state;
    PyObject *found; /* a list of regions */
    PairFrame *frames;
    Py_ssize_t depth;
    Py_ssize_t capacity;
    Py_ssize_t sent; /* the depth of the outermost region that is found; 0: none */
    PairFrame inline_frames[INLINE_FRAMES];
} PairWalk;

static inline bool
is_ascii_text(PyObject *text, const char *ascii)
{
    return (size_t)PyUnicode_GET_LENGTH(text) == strlen(ascii)
           && PyUnicode_CompareWithASCIIString(text, ascii) == 0;
}

/* Whether an ASCII text has an ending, in any case. */
static bool
ends_in(PyObject *text, const char *ending)
{
    size_t length = (size_t)PyUnicode_GET_LENGTH(text), count = strlen(ending);
    return length >= count
           && PyOS_strnicmp(ascii_of(text) + length - count, ending, (Py_ssize_t)count) == 0;
}

/* Whether an attribute decides how a page is parsed or morphed. */
static bool
is_shaping(PyObject *name)
{
    static const char *const endings[] = {"scope-children", "ignore-morph", "preserve-attr"};
    if (!is_ascii(name)) {
        return true;
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_in(name, endings[i])) {
            return true;
        }
    }
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    return (length == 2 && ends_in(name, "id"))
           || (length == 4 && (ends_in(name, "name") || ends_in(name, "type")));
}

/* Return the index of the next attribute that shapes the page, from an index on. */
static uint32_t
next_shaping(Element *element, uint32_t index)
{
    while (index < element->pair_count && !is_shaping(pair_name(element, index)->name)) {
        index++;
    }
    return index;
}

/* Whether two elements have the same attributes of those that shape the page, in one order. */
static bool
same_shaping(Element *old, Element *new)
{
    uint32_t i = next_shaping(old, 0), j = next_shaping(new, 0);
    while (i < old->pair_count && j < new->pair_count) {
        if (!same_name(pair_name(old, i), pair_name(new, j))
            || !same_value(pair_value(old, i), pair_value(new, j))) {
            return false;
        }
        i = next_shaping(old, i + 1);
        j = next_shaping(new, j + 1);
    }
    return i == old->pair_count && j == new->pair_count;
}

/* Whether a text has a character that the parser moves out of a table. */
static bool
is_visible(PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 character = PyUnicode_READ_CHAR(text, i);
        if (character > ' ' || strchr(" \t\n\f\r", (int)character) == NULL || character == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a difference inside of an element can be found by this rule, as far as its tag says. */
static bool
is_passable(Tag *tag)
{
    PyObject *name = tag->name;
    return is_ascii_text(tag->namespace, "html")
           && !(is_ascii_text(name, "head") || is_ascii_text(name, "script")
                || is_ascii_text(name, "template") || is_ascii_text(name, "#comment"));
}

static bool
is_ignored(Element *element)
{
    for (uint32_t i = 0; i < element->pair_count; i++) {
        if (is_ascii_text(pair_name(element, i)->name, "data-ignore-morph")) {
            return true;
        }
    }
    return false;
}

static bool
is_region(Element *element)
{
    PyObject *id = id_of(element);
    return id != NULL && PyUnicode_GET_LENGTH(id) > 0
           && !is_ascii_text(element->tag->name, "html")
           && !is_ascii_text(element->tag->name, "body");
}

/* Note a difference in the last element; return 1, or 0 if no region contains it, -1 on error. */
static int
note_difference(PairWalk *walk)
{
    if (walk->sent > 0) {
        return 1; /* in a region that is sent */
    }
    Py_ssize_t region = 0;
    for (Py_ssize_t depth = walk->depth; depth > 0; depth--) {
        PairFrame *frame = &walk->frames[depth - 1];
        if (!is_passable(frame->new->tag) || is_ignored(frame->old) || is_ignored(frame->new)) {
            return 0;
        }
        if (region == 0 && is_region(frame->new)) {
            region = depth;
        }
    }
    if (region == 0) {
        return 0;
    }
    walk->sent = region;
    PairFrame *frame = &walk->frames[region - 1];
    /* regions inside of this one are sent with it */
    if (PyList_SetSlice(walk->found, frame->mark, PyList_GET_SIZE(walk->found), NULL) < 0
        || PyList_Append(walk->found, (PyObject *)frame->new) < 0) {
        return -1;
    }
    return 1;
}

static int
push_pair_frame(PairWalk *walk, Element *old, Element *new)
{
    if (walk->depth == walk->capacity) {
        Py_ssize_t capacity = 2 * walk->capacity;
        PairFrame *larger = larger_array(walk->frames, walk->inline_frames,
                                         sizeof(walk->inline_frames),
                                         (size_t)capacity * sizeof(PairFrame));
        if (larger == NULL) {
            return -1;
        }
        walk->frames = larger;
        walk->capacity = capacity;
    }
    walk->frames[walk->depth++] =
        (PairFrame){old, new, 0, PyList_GET_SIZE(walk->found)};
    return 0;
}

/* Enter two elements, of which the new one has the place of the old one; return 1, 0 if their
   shapes differ, -1 on error. */
static int
enter_pair(PairWalk *walk, Element *old, Element *new)
{
    if (!same_tag(old->tag, new->tag) || child_count(old) != child_count(new)) {
        return 0;
    }
    if (push_pair_frame(walk, old, new) < 0) {
        return -1;
    }
    int same = same_attributes(old, new, false);
    if (same != 0) {
        return same;
    }
    return same_shaping(old, new) ? note_difference(walk) : 0;
}

/* Compare two children that are not the same object; return as enter_pair(). */
static int
compare_children(PairWalk *walk, PyObject *old, PyObject *new)
{
    bool is_element = Py_IS_TYPE(old, walk->state->element_type);
    if (is_element && Py_IS_TYPE(new, walk->state->element_type)) {
        return enter_pair(walk, ELEMENT(old), ELEMENT(new));
    }
    if (is_element || Py_TYPE(old) != Py_TYPE(new)) {
        return 0;
    }
    if (same_text(old, new)) {
        return 1;
    }
    return PyUnicode_CheckExact(old) && is_visible(old) ? note_difference(walk) : 0;
}

/* Return 1 if two trees have the same shape and every difference is in a region that is found,
   0 if not, -1 on error. */
static int
find_regions(PairWalk *walk, Element *old, Element *new)
{
    int outcome = old == new ? 1 : enter_pair(walk, old, new);
    while (outcome > 0 && walk->depth > 0) {
        PairFrame *frame = &walk->frames[walk->depth - 1];
        PyObject **olds = children_of(frame->old), **news = children_of(frame->new);
        Py_ssize_t next = frame->next, count = child_count(frame->old);
        while (next < count && olds[next] == news[next]) {
            next++; /* hot: thousands of memoised rows */
        }
        if (next == count) {
            walk->sent = walk->sent == walk->depth ? 0 : walk->sent;
            walk->depth--;
            continue;
        }
        frame->next = next + 1;
        outcome = compare_children(walk, olds[next], news[next]);
    }
    return outcome;
}

/* Return a list of the regions of the new tree, or None if this rule cannot find them. */
static PyObject *
changed_regions_of(State *state, Element *old, Element *new)
{
    PairWalk walk;
    walk.state = state;
    walk.found = PyList_New(0);
    walk.frames = walk.inline_frames;
    walk.depth = walk.sent = 0;
    walk.capacity = INLINE_FRAMES;
    if (walk.found == NULL) {
        return NULL;
    }
    int outcome = find_regions(&walk, old, new);
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    if (outcome > 0) {
        return walk.found;
    }
    Py_DECREF(walk.found);
    return outcome < 0 ? NULL : Py_NewRef(Py_None);
}

#endif
