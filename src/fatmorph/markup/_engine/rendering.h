/* Rendering: the walk that writes a tree as str, as bytes, or as an event.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_RENDERING_H
#define FATMORPH_RENDERING_H

#include "escaping.h"
#include "walk.h"

/* Whether the parser would drop the first newline of the content.
   https://html.spec.whatwg.org/multipage/syntax.html#element-restrictions */
static bool
drops_newline(State *state, Element *element)
{
    PyObject **children = children_of(element);
    if (!element->tag->is_newline_dropping) {
        return false;
    }
    for (Py_ssize_t i = 0, n = child_count(element); i < n; i++) {
        if (Py_IS_TYPE(children[i], state->element_type)) {
            return false;
        }
        if (PyUnicode_GET_LENGTH(children[i]) > 0) {
            Py_UCS4 first = PyUnicode_READ_CHAR(children[i], 0);
            return first == '\n' || first == '\r';
        }
    }
    return false;
}

static inline int
write_start(Buffer *buffer, State *state, Element *element)
{
    Tag *tag = element->tag;
    buffer->is_after_cr = false;
    if (write_object(buffer, tag->start) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < element->pair_count; i++) {
        PyObject *spelling = pair_name(element, i)->spelling;
        PyObject *value = pair_value(element, i);
        if (value == Py_True) {
            /* without the =" at the end of the spelling */
            size_t length = (size_t)PyBytes_GET_SIZE(spelling) - 2;
            if (write_bytes(buffer, PyBytes_AS_STRING(spelling), length) < 0) {
                return -1;
            }
            continue;
        }
        if (write_pair(buffer, spelling, value) < 0) {
            return -1;
        }
    }
    if (tag->has_start_end && write_bytes(buffer, ">", 1) < 0) {
        return -1;
    }
    if (tag->is_newline_dropping && drops_newline(state, element)) {
        return write_escaped(buffer, (const unsigned char *)"\n", 1, VERBATIM);
    }
    return 0;
}

static inline int
write_end(Buffer *buffer, Element *element)
{
    PyObject *end = element->tag->end;
    if (PyBytes_GET_SIZE(end) > 0) {
        buffer->is_after_cr = false;
    }
    return write_object(buffer, end);
}

/* Write a child that the walk does not enter: text, trusted HTML or a frozen element. */
static inline int
write_leaf(Buffer *buffer, State *state, PyObject *child)
{
    if (PyUnicode_CheckExact(child)) {
        return write_text(buffer, child, TEXT);
    }
    if (!Py_IS_TYPE(child, state->element_type)) {
        return write_text(buffer, child, VERBATIM); /* UNESCAPED, it is trusted */
    }
    Element *element = ELEMENT(child); /* frozen */
    buffer->is_unencodable |= element->is_html_unencodable;
    return write_escaped(buffer, (const unsigned char *)PyBytes_AS_STRING(element->html),
                         (size_t)PyBytes_GET_SIZE(element->html), VERBATIM);
}

static int
write_tree(Buffer *buffer, State *state, Element *root)
{
    Walk walk;
    walk.frames = walk.inline_frames;
    walk.depth = 0;
    walk.capacity = INLINE_FRAMES;
    int failed = -1;
    if (root->html != NULL) {
        return write_leaf(buffer, state, (PyObject *)root);
    }
    /* Only a root can be a fragment: as a child it was replaced by its children. */
    if (!root->tag->is_fragment && write_start(buffer, state, root) < 0) {
        goto done;
    }
    if (push_frame(&walk, root) < 0) {
        goto done;
    }
    while (walk.depth > 0) {
        Frame *frame = &walk.frames[walk.depth - 1];
        Element *element = frame->element;
        PyObject **children = children_of(element);
        Py_ssize_t count = child_count(element);
        Py_ssize_t i = frame->next;
        for (; i < count; i++) {
            PyObject *child = children[i];
            bool is_inner = Py_IS_TYPE(child, state->element_type) && ELEMENT(child)->html == NULL;
            if (!is_inner) {
                if (write_leaf(buffer, state, child) < 0) {
                    goto done;
                }
                continue;
            }
            Element *inner = ELEMENT(child);
            if (write_start(buffer, state, inner) < 0) {
                goto done;
            }
            Py_ssize_t inner_count = child_count(inner);
            /* Most elements are empty or have one text: write them without a frame. */
            if (inner_count == 0
                || (inner_count == 1 && PyUnicode_CheckExact(children_of(inner)[0]))) {
                if ((inner_count == 1 && write_text(buffer, children_of(inner)[0], TEXT) < 0)
                    || write_end(buffer, inner) < 0) {
                    goto done;
                }
                continue;
            }
            frame->next = i + 1;
            if (push_frame(&walk, inner) < 0) {
                goto done;
            }
            break;
        }
        if (i == count) {
            walk.depth--;
            if (write_end(buffer, element) < 0) {
                goto done;
            }
        }
    }
    failed = 0;

done:
    if (walk.frames != walk.inline_frames) {
        PyMem_Free(walk.frames);
    }
    return failed;
}

/* Return the HTML as bytes, and set *is_unencodable if it contains lone surrogates. */
static PyObject *
rendered(State *state, Element *element, bool *is_unencodable)
{
    Buffer buffer;
    if (buffer_init(&buffer, state->first_buffer, NULL) < 0) {
        return NULL;
    }
    if (write_tree(&buffer, state, element) < 0) {
        Py_XDECREF(buffer.bytes);
        return NULL;
    }
    *is_unencodable = buffer.is_unencodable;
    return buffer_finish(&buffer, state);
}

/* Return head, then each line of the HTML after `line`, then the empty line that ends an event.
   Without HTML it is the head and the empty line, as from event_bytes() in _lines.py. */
static PyObject *
rendered_event(State *state, Element *element, PyObject *head, PyObject *line,
               bool *is_unencodable)
{
    Buffer buffer;
    if (buffer_init(&buffer, state->first_buffer, line) < 0) {
        return NULL;
    }
    if (write_object(&buffer, head) < 0 || write_object(&buffer, line) < 0) {
        goto error;
    }
    size_t begin = buffer.length;
    if (write_tree(&buffer, state, element) < 0) {
        goto error;
    }
    if (buffer.length == begin) {
        buffer.length = (size_t)PyBytes_GET_SIZE(head);
        if (write_bytes(&buffer, "\n", 1) < 0) {
            goto error;
        }
    }
    else if (write_bytes(&buffer, "\n\n", 2) < 0) {
        goto error;
    }
    *is_unencodable = buffer.is_unencodable;
    return buffer_finish(&buffer, state);

error:
    Py_XDECREF(buffer.bytes);
    return NULL;
}

/* Raise the error that shows the path to the lone surrogate of a tree. */
static PyObject *
refuse_unencodable(State *state, PyObject *node)
{
    PyObject *error = PyObject_CallOneArg(state->unencodable, node);
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
    return NULL;
}

static PyObject *
rendered_bytes(State *state, Element *element)
{
    bool is_unencodable;
    PyObject *bytes = rendered(state, element, &is_unencodable);
    if (bytes != NULL && is_unencodable) {
        Py_DECREF(bytes);
        return refuse_unencodable(state, (PyObject *)element);
    }
    return bytes;
}

static PyObject *
rendered_text(State *state, Element *element)
{
    bool is_unencodable;
    PyObject *bytes = rendered(state, element, &is_unencodable);
    if (bytes == NULL) {
        return NULL;
    }
    PyObject *text = PyUnicode_DecodeUTF8(PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes),
                                          is_unencodable ? "surrogatepass" : "strict");
    Py_DECREF(bytes);
    return text;
}

/* Return an equal element whose HTML is rendered now, once. */
static PyObject *
frozen_element(State *state, Element *element)
{
    if (element->html != NULL) {
        return Py_NewRef(element);
    }
    Element *copy = copied_element(state, element);
    if (copy == NULL) {
        return NULL;
    }
    if (!element->tag->is_fragment) {
        copy->html = rendered(state, element, &copy->is_html_unencodable);
        if (copy->html == NULL) {
            Py_CLEAR(copy);
        }
        return (PyObject *)copy;
    }
    PyObject **children = children_of(copy);
    for (Py_ssize_t i = 0, n = child_count(copy); i < n; i++) {
        if (Py_IS_TYPE(children[i], state->element_type)) {
            /* At most one level deep: a fragment holds no fragments. */
            PyObject *child = frozen_element(state, ELEMENT(children[i]));
            if (child == NULL) {
                Py_DECREF(copy);
                return NULL;
            }
            Py_SETREF(children[i], child);
        }
    }
    return (PyObject *)copy;
}

#endif
