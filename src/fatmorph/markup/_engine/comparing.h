/* Equality and hashes of tags and of whole trees.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_COMPARING_H
#define FATMORPH_COMPARING_H

#include "walk.h"

static bool
same_tag(Tag *one, Tag *other)
{
    return one == other
           || (same_text(one->name, other->name)
               && same_text(one->namespace, other->namespace));
}

static PyObject *
tag_richcompare(PyObject *self, PyObject *other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(self) != Py_TYPE(other)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    bool is_same = same_tag((Tag *)self, (Tag *)other);
    return PyBool_FromLong(is_same == (operation == Py_EQ));
}

static Py_uhash_t
mix(Py_uhash_t hash, Py_hash_t value)
{
    /* FNV-1a's step, with the value as one large byte */
    return (hash ^ (Py_uhash_t)value) * (Py_uhash_t)1099511628211ULL;
}

static Py_hash_t
settled(Py_uhash_t hash)
{
    return hash == (Py_uhash_t)-1 ? -2 : (Py_hash_t)hash;
}

static Py_hash_t
tag_hash(PyObject *self)
{
    Tag *tag = (Tag *)self;
    return settled(mix((Py_uhash_t)PyObject_Hash(tag->name), PyObject_Hash(tag->namespace)));
}

static bool
same_value(PyObject *one, PyObject *other)
{
    return one == other || (one != Py_True && other != Py_True && same_text(one, other));
}

/* Return 1 if two elements have equal attributes, 0 if not, -1 on error. */
static int
same_attributes(Element *one, Element *other, bool is_exact)
{
    uint32_t count = one->pair_count;
    if (count != other->pair_count) {
        return 0;
    }
    uint32_t same = 0; /* without a dict, because most have the same order */
    while (same < count && same_name(pair_name(one, same), pair_name(other, same))) {
        if (!same_value(pair_value(one, same), pair_value(other, same))) {
            return 0; /* an element has a name once */
        }
        same++;
    }
    if (same == count) {
        return 1;
    }
    if (is_exact) {
        return 0; /* the order is another one */
    }
    PyObject *mine = written_of(one);
    PyObject *theirs = written_of(other);
    int outcome =
        mine == NULL || theirs == NULL ? -1 : PyObject_RichCompareBool(mine, theirs, Py_EQ);
    Py_XDECREF(mine);
    Py_XDECREF(theirs);
    return outcome;
}

/* Whether two equal elements also have the same place and the same range of generated children. */
static bool
same_origin(Element *one, Element *other)
{
    PyObject *place = one->tag->place;
    PyObject *other_place = other->tag->place;
    return one->has_generated == other->has_generated
           && one->before_generated == other->before_generated
           && one->after_generated == other->after_generated
           && (place == other_place
               || (place != NULL && other_place != NULL && same_text(place, other_place)));
}

/* Return 1 if two elements are equal except for their children, 0 if not, -1 on error. */
static int
same_element(Element *one, Element *other, bool is_exact)
{
    if (one == other) {
        return 1;
    }
    if (!same_tag(one->tag, other->tag) || child_count(one) != child_count(other)) {
        return 0;
    }
    if (is_exact && !same_origin(one, other)) {
        return 0;
    }
    return same_attributes(one, other, is_exact);
}

/* Return 1 if two trees are equal, 0 if not, -1 on error. An exact comparison also heeds the order
   of the attributes, and what only checks see. */
static int
same_tree(State *state, Element *one, Element *other, bool is_exact)
{
    Walk mine, theirs; /* two walks in step */
    mine.frames = mine.inline_frames;
    theirs.frames = theirs.inline_frames;
    mine.depth = theirs.depth = 0;
    mine.capacity = theirs.capacity = INLINE_FRAMES;
    int same = same_element(one, other, is_exact);
    if (same < 1 || one == other) {
        return same;
    }
    same = -1;
    if (push_frame(&mine, one) < 0 || push_frame(&theirs, other) < 0) {
        goto done;
    }
    while (mine.depth > 0) {
        Frame *frame = &mine.frames[mine.depth - 1];
        Element *left = frame->element;
        Element *right = theirs.frames[theirs.depth - 1].element;
        if (frame->next == child_count(left)) {
            mine.depth--;
            theirs.depth--;
            continue;
        }
        PyObject *a = children_of(left)[frame->next];
        PyObject *b = children_of(right)[frame->next];
        frame->next++;
        if (a == b) {
            continue;
        }
        bool are_elements = Py_IS_TYPE(a, state->element_type);
        if (Py_TYPE(a) != Py_TYPE(b)) {
            same = 0;
        }
        else {
            same = are_elements ? same_element(ELEMENT(a), ELEMENT(b), is_exact)
                                : same_text(a, b);
        }
        if (same < 1) {
            goto done;
        }
        same = -1;
        if (are_elements
            && (push_frame(&mine, ELEMENT(a)) < 0 || push_frame(&theirs, ELEMENT(b)) < 0)) {
            goto done;
        }
    }
    same = 1;

done:
    if (mine.frames != mine.inline_frames) {
        PyMem_Free(mine.frames);
    }
    if (theirs.frames != theirs.inline_frames) {
        PyMem_Free(theirs.frames);
    }
    return same;
}

static PyObject *
element_richcompare(PyObject *self, PyObject *other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(self) != Py_TYPE(other)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    int same = same_tree(state_of(Py_TYPE(self)), ELEMENT(self), ELEMENT(other), false);
    return same < 0 ? NULL : PyBool_FromLong(same == (operation == Py_EQ));
}

/* Attributes in another order have the same hash, because they are equal. */
static Py_uhash_t
shallow_hash(Element *element)
{
    Py_uhash_t attributes = 0;
    for (uint32_t i = 0; i < element->pair_count; i++) {
        PyObject *value = pair_value(element, i);
        Py_uhash_t name_hash = (Py_uhash_t)PyObject_Hash(pair_name(element, i)->name);
        attributes ^= mix(name_hash, PyObject_Hash(value));
    }
    Py_uhash_t hash = mix((Py_uhash_t)tag_hash((PyObject *)element->tag), (Py_hash_t)attributes);
    return mix(hash, (Py_hash_t)child_count(element));
}

static Py_hash_t
element_hash(PyObject *self)
{
    State *state = state_of(Py_TYPE(self));
    Walk walk;
    walk.frames = walk.inline_frames;
    walk.depth = 0;
    walk.capacity = INLINE_FRAMES;
    Py_uhash_t hash = shallow_hash(ELEMENT(self));
    bool failed = push_frame(&walk, ELEMENT(self)) < 0;
    while (!failed && walk.depth > 0) {
        Frame *frame = &walk.frames[walk.depth - 1];
        if (frame->next == child_count(frame->element)) {
            walk.depth--;
            continue;
        }
        PyObject *child = children_of(frame->element)[frame->next++];
        if (Py_IS_TYPE(child, state->element_type)) {
            hash = mix(hash, (Py_hash_t)shallow_hash(ELEMENT(child)));
            failed = push_frame(&walk, ELEMENT(child)) < 0;
        }
        else {
            /* str and Markup hash without running Python code: both are exact types */
            hash = mix(hash, PyUnicode_Type.tp_hash(child));
        }
    }
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    return failed ? -1 : settled(hash);
}

#endif
