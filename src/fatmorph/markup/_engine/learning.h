/* Learning: the names and the options that developers write, taken from the result of a function.

   A shortcut keeps the part of a result that is not in its one text: the name of an attribute, or
   the options of an action. It never keeps an expression, a URL or a value.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_LEARNING_H
#define FATMORPH_LEARNING_H

#include "literals.h"
#include "names.h"

/* For each shortcut: the calls with options in a program have few different ones. */
#define RECENT_OPTIONS 32
/* More options than a call in a program has. */
#define MAX_OPTIONS 8
/* A longer action, with its options, is not remembered. */
#define MAX_ACTION 4096

/* Options that were given in a call, and the learnt part of its result. All references are strong: the
   address of a freed object could become that of another one. */
typedef struct {
    PyObject *subject;
    PyObject *keywords;
    PyObject *values; /* a tuple */
    PyObject *learnt;
} RecentOptions;

/* The result of a shortcut, in the order of the words in shortcut_new(). */
typedef enum { ID, ACTION, EVENT, STATEMENTS, VALUE, SIGNAL, SIGNALS, OBJECT } ShortcutKind;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *weak_references;
    PyObject *function;
    PyObject *dict;
    PyObject *learnt; /* subject -> the learnt part of a result without options */
    PyObject *harmless; /* the names that have no rules of their own; or None */
    ShortcutKind kind;
    RecentOptions recent[RECENT_OPTIONS];
} Shortcut;

/* A plain call. */
typedef struct {
    State *state;
    Shortcut *shortcut;
    PyObject *const *options; /* borrowed */
    Py_ssize_t option_count;
    PyObject *keywords;       /* borrowed; NULL without options */
    PyObject *subject;        /* borrowed: the event, else None */
    PyObject *text;           /* strong: an expression, a URL, a name */
} PlainCall;

/* Whether an option may be remembered: written in a program, and not made from a user's text. */
static bool
is_constant(PyObject *value)
{
    if (value == Py_None || PyBool_Check(value)) {
        return true;
    }
    if (PyUnicode_CheckExact(value)) {
        return PyUnicode_CHECK_INTERNED(value) && is_cacheable(value);
    }
    int overflow = 0;
    return PyLong_CheckExact(value) && PyLong_AsLongAndOverflow(value, &overflow) >= 0
           && overflow == 0;
}

static bool
are_constants(PyObject *const *values, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *value = values[i];
        if (is_constant(value)) {
            continue;
        }
        if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) > MAX_OPTIONS) {
            return false;
        }
        for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(value); j++) {
            if (!is_constant(PyTuple_GET_ITEM(value, j))) {
                return false;
            }
        }
    }
    return true;
}

#ifndef Py_GIL_DISABLED /* without the GIL, another thread may read an entry that is replaced */
static inline RecentOptions *
recent_options(const PlainCall *call)
{
    uintptr_t mixed = ((uintptr_t)call->keywords >> 4) + 7 * ((uintptr_t)call->subject >> 4);
    for (Py_ssize_t i = 0; i < call->option_count; i++) {
        mixed = 3 * mixed + ((uintptr_t)call->options[i] >> 4);
    }
    return &call->shortcut->recent[mixed % RECENT_OPTIONS];
}

/* Return the learnt part for a call with the same objects as options, or NULL. */
static inline PyObject *
recent_learnt(const PlainCall *call)
{
    RecentOptions *recent = recent_options(call);
    if (recent->subject != call->subject || recent->keywords != call->keywords) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < call->option_count; i++) {
        if (PyTuple_GET_ITEM(recent->values, i) != call->options[i]) {
            return NULL;
        }
    }
    return Py_NewRef(recent->learnt);
}
#endif

static void
forget_options(RecentOptions *recent)
{
    Py_CLEAR(recent->subject);
    Py_CLEAR(recent->keywords);
    Py_CLEAR(recent->values);
    Py_CLEAR(recent->learnt);
}

/* Keep the learnt part for calls with the same objects as options. */
static int
remember_recent(const PlainCall *call, PyObject *learnt)
{
#ifndef Py_GIL_DISABLED
    PyObject *values = PyTuple_New(call->option_count);
    if (values == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < call->option_count; i++) {
        PyTuple_SET_ITEM(values, i, Py_NewRef(call->options[i]));
    }
    RecentOptions *recent = recent_options(call);
    RecentOptions old = *recent;
    *recent = (RecentOptions){Py_NewRef(call->subject), Py_XNewRef(call->keywords), values,
                              Py_NewRef(learnt)};
    forget_options(&old);
#endif
    return 0;
}

/* Set *learnt to the learnt part of the result, or to NULL if it is not known. Return -1 on
   error. */
static int
recall(const PlainCall *call, PyObject **learnt)
{
    *learnt = NULL;
#ifndef Py_GIL_DISABLED
    *learnt = recent_learnt(call);
#endif
    if (*learnt != NULL || call->keywords != NULL) {
        return 0;
    }
    if (dict_get(call->shortcut->learnt, call->subject, learnt) < 0) {
        return -1;
    }
    return *learnt == NULL ? 0 : remember_recent(call, *learnt);
}

static int
remember(const PlainCall *call, PyObject *learnt)
{
    if (call->subject != Py_None && !is_cacheable(call->subject)) {
        return 0;
    }
    if (call->keywords != NULL) {
        return are_constants(call->options, call->option_count) ? remember_recent(call, learnt)
                                                                 : 0;
    }
    PyObject *cache = call->shortcut->learnt;
    if (PyDict_GET_SIZE(cache) >= MAX_CACHED_NAMES) {
        PyDict_Clear(cache);
    }
    return PyDict_SetItem(cache, call->subject, learnt);
}

/* Return the one attribute's name of new Attrs, if its value is this text; else NULL, without an
   exception. */
static PyObject *
name_in(State *state, PyObject *attrs, PyObject *text)
{
    PyObject *name, *value; /* borrowed */
    Py_ssize_t position = 0;
    if (!Py_IS_TYPE(attrs, state->attrs_type)) {
        return NULL;
    }
    PyObject *written = *slot_of(attrs, state->attrs_written);
    if (written == NULL || !PyDict_CheckExact(written) || PyDict_GET_SIZE(written) != 1
        || !PyDict_Next(written, &position, &name, &value) || !PyUnicode_CheckExact(name)
        || !PyUnicode_CheckExact(value) || !same_text(value, text)) {
        return NULL;
    }
    return Py_NewRef(name);
}

/* Return the action for an empty URL with the options of the action for this URL; NULL if its text
   has another form, or on error. */
static PyObject *
options_in(PyObject *action, PyObject *url)
{
    if (!is_ascii(action) || PyUnicode_GET_LENGTH(action) > MAX_ACTION) {
        return NULL;
    }
    const char *text = ascii_of(action);
    const char *begin = strchr(text, '\'');
    const char *end = begin == NULL ? NULL : strchr(begin + 1, '\'');
    if (end == NULL || end - begin - 1 != literal_length(UNSAFE_IN_URL, url)) {
        return NULL;
    }
    PyObject *before = PyUnicode_FromStringAndSize(text, begin + 1 - text);
    PyObject *after = PyUnicode_FromString(end);
    PyObject *options = before == NULL || after == NULL ? NULL : PyUnicode_Concat(before, after);
    Py_XDECREF(before);
    Py_XDECREF(after);
    return options;
}

#endif
