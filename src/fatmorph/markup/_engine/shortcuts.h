/* Shortcuts: the plain calls of dom_id() and of the functions in data and at, answered without running Python code.

   A shortcut holds the function that is its reference. All calls that are not plain are passed to
   it, with their results and errors.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_SHORTCUTS_H
#define FATMORPH_SHORTCUTS_H

#include "ids.h"
#include "learning.h"
#include "objects.h"

static PyObject *
new_attrs(State *state, PyObject *name, PyObject *text)
{
    PyObject *attrs = state->attrs_type->tp_alloc(state->attrs_type, 0);
    if (attrs != NULL) {
        *slot_of(attrs, state->attrs_name) = Py_NewRef(name);
        *slot_of(attrs, state->attrs_text) = Py_NewRef(text);
    }
    return attrs;
}

/* Return the action for a URL; `options` is that for an empty URL. */
static PyObject *
new_action(PyObject *options, PyObject *url)
{
    Py_ssize_t length = literal_length(UNSAFE_IN_URL, url);
    PyObject *action = PyUnicode_New(PyUnicode_GET_LENGTH(options) + length, 127);
    if (action == NULL) {
        return NULL;
    }
    const char *text = ascii_of(options);
    size_t begin = (size_t)(strchr(text, '\'') + 1 - text);
    char *out = (char *)PyUnicode_1BYTE_DATA(action);
    memcpy(out, text, begin);
    out += begin;
    if (length == PyUnicode_GET_LENGTH(url)) {
        out = copy_ascii(out, url);
    }
    else {
        out = write_literal(out, UNSAFE_IN_URL, url);
    }
    memcpy(out, text + begin, (size_t)PyUnicode_GET_LENGTH(options) - begin);
    return action;
}

/* Set *source to the text of a JSExpression or of a signal of a class, else to the argument itself.
   Return -1 on error. */
static int
source_of(const State *state, PyObject *expression, PyObject **source)
{
    *source = NULL;
    if (!PyUnicode_CheckExact(expression)
        && PyObject_TypeCheck(expression, state->expression_type)) {
        *source = PyObject_GetAttr(expression, state->str_value);
        if (*source == NULL && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear(); /* a half-made object, for the function to judge */
    }
    if (*source == NULL) {
        *source = Py_NewRef(expression);
    }
    return 0;
}

/* Set *text to the one text of a call, or to NULL if it is not plain. Return -1 on error. */
static int
plain_text(const Shortcut *shortcut, State *state, PyObject *argument, bool has_options,
           PyObject **text)
{
    bool is_plain = false;
    *text = NULL;
    if (shortcut->kind >= SIGNALS) {
        return make_object(state, argument, shortcut->harmless, shortcut->kind == SIGNALS,
                           has_options, text);
    }
    switch (shortcut->kind) {
    case ACTION:
        *text = Py_NewRef(argument);
        is_plain = is_plain_url(argument);
        break;
    case SIGNAL:
        *text = Py_NewRef(argument);
        is_plain = is_plain_signal(argument);
        break;
    case VALUE:
        if (source_of(state, argument, text) < 0) {
            return -1;
        }
        is_plain = is_plain_value(*text);
        break;
    default:
        if (source_of(state, argument, text) < 0) {
            return -1;
        }
        is_plain = is_plain_statement(*text);
    }
    if (!is_plain) {
        Py_CLEAR(*text);
    }
    return 0;
}

/* Call the function. If the call is plain, learn from its result. */
static PyObject *
call_function(const PlainCall *call, PyObject *const *args, size_t flagged_count,
              PyObject *keywords)
{
    PyObject *result =
        PyObject_Vectorcall(call->shortcut->function, args, flagged_count, keywords);
    if (result == NULL || call->text == NULL) {
        return result;
    }
    PyObject *learnt = call->shortcut->kind == ACTION
                           ? options_in(result, call->text)
                           : name_in(call->state, result, call->text);
    if (learnt != NULL && remember(call, learnt) < 0) {
        Py_CLEAR(result);
    }
    else if (learnt == NULL && PyErr_Occurred()) {
        Py_CLEAR(result);
    }
    Py_XDECREF(learnt);
    return result;
}

static PyObject *
shortcut_vectorcall(PyObject *self, PyObject *const *args, size_t flagged_count,
                    PyObject *keywords)
{
    Shortcut *shortcut = (Shortcut *)self;
    Py_ssize_t count = PyVectorcall_NARGS(flagged_count);
    Py_ssize_t option_count = keywords == NULL ? 0 : PyTuple_GET_SIZE(keywords);
    PyObject *result = NULL;
    if (shortcut->kind == ID) {
        if (option_count == 0 && make_id(args, count, &result) < 0) {
            return NULL;
        }
        return result != NULL
                   ? result
                   : PyObject_Vectorcall(shortcut->function, args, flagged_count, keywords);
    }
    PlainCall call = {state_of(Py_TYPE(self)), shortcut, args + count, option_count,
                      option_count > 0 ? keywords : NULL, Py_None, NULL};
    PyObject *learnt = NULL;
    bool has_subject = shortcut->kind == EVENT;
    if (count == (has_subject ? 2 : 1) && option_count <= MAX_OPTIONS
        && (!has_subject || PyUnicode_CheckExact(args[0]))) {
        call.subject = has_subject ? args[0] : Py_None;
        if (plain_text(shortcut, call.state, args[count - 1], option_count > 0, &call.text) < 0
            || (call.text != NULL && recall(&call, &learnt) < 0)) {
            goto done;
        }
    }
    if (learnt == NULL) {
        result = call_function(&call, args, flagged_count, keywords);
    }
    else if (shortcut->kind == ACTION) {
        result = new_action(learnt, call.text);
    }
    else {
        result = new_attrs(call.state, learnt, call.text);
    }

done:
    Py_XDECREF(learnt);
    Py_XDECREF(call.text);
    return result;
}

#endif
