/* The calls of memoised views: a call with known values returns the result that it had before.

   Calls with text, numbers, True, False, None, members of an Enum and elements are answered here.
   The functions of a plan, which both engines share, read all others.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_MEMO_CALLS_H
#define FATMORPH_MEMO_CALLS_H

#include "rendering.h"
#include "memo_values.h"

/* The calls of functions with more parameters are read in Python. */
#define MAX_MEMO_PARAMETERS 16

/* Without the GIL, two threads may use one table. With it, no Python code runs in between. */
#if PY_VERSION_HEX >= 0x030D0000
#define LOCK_MEMO(memo) Py_BEGIN_CRITICAL_SECTION(memo)
#define UNLOCK_MEMO() Py_END_CRITICAL_SECTION()
#else
#define LOCK_MEMO(memo) {
#define UNLOCK_MEMO() }
#endif

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *weak_references;
    PyObject *attributes; /* __dict__: those of the function */
    PyObject *function;
    /* the fields of MemoPlan, in _memo_plan.py */
    PyObject *parameters;
    PyObject *defaults;
    Py_ssize_t positional_only;
    Py_ssize_t positional;
    Values values;
    PyObject *bind;
    PyObject *flatten;
    PyObject *refuse_result;
    PyObject *info;
    MemoTable table;
    Py_ssize_t max_entries;
    Py_ssize_t max_bytes;
    Py_ssize_t hits;
    Py_ssize_t misses;
} Memo;

/* The arguments of a call, to pass them on. */
typedef struct {
    PyObject *const *args;
    size_t count; /* of the positional ones */
    PyObject *keywords;
} Call;

/* Return the result that is kept, which may be another thread's. Steals the reference. */
static PyObject *
keep_result(State *state, Memo *memo, const MemoKey *key, PyObject *result)
{
    MemoEntry *entry = new_entry(state, key, result);
    if (entry == NULL) {
        Py_DECREF(result);
        return NULL;
    }
    MemoEntry *found = NULL, *dropped = entry;
    entry->next = NULL;
    int failed = 0;
    LOCK_MEMO(memo);
    failed = find_entry(state, &memo->table, key, &found);
    if (failed == 0 && found != NULL) {
        Py_SETREF(result, Py_NewRef(found->result)); /* the entry holds the other one */
    }
    else if (failed == 0 && entry->size <= memo->max_bytes) {
        failed = add_entry(&memo->table, entry);
        if (failed == 0) {
            dropped = take_oldest(&memo->table, memo->max_entries, memo->max_bytes);
        }
    }
    UNLOCK_MEMO();
    free_entries(dropped); /* without the lock, because weak references may run views */
    if (failed < 0) {
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *
new_result(State *state, Memo *memo, const Call *call)
{
    PyObject *result =
        PyObject_Vectorcall(memo->function, call->args, call->count, call->keywords);
    if (result == NULL || result == Py_None || is_text_token(state, result)) {
        return result;
    }
    if (Py_IS_TYPE(result, state->element_type)) {
        Py_SETREF(result, frozen_element(state, ELEMENT(result)));
        return result;
    }
    Py_SETREF(result, PyObject_CallOneArg(memo->refuse_result, result)); /* raises */
    if (result != NULL) {
        PyErr_SetString(PyExc_TypeError, "a memoised view returns an element");
        Py_CLEAR(result);
    }
    return NULL;
}

static PyObject *
result_of(State *state, Memo *memo, PyObject *const *tokens, Py_ssize_t count, const Call *call)
{
    MemoKey key = {tokens, count, 0};
    if (hash_key(state, &key) < 0) {
        return NULL;
    }
    MemoEntry *entry = NULL;
    PyObject *result = NULL;
    int failed = 0;
    LOCK_MEMO(memo);
    failed = find_entry(state, &memo->table, &key, &entry);
    if (entry != NULL) {
        memo->hits++;
        result = Py_NewRef(entry->result);
    }
    else {
        memo->misses++;
    }
    UNLOCK_MEMO();
    if (failed < 0 || result != NULL) {
        return result;
    }
    result = new_result(state, memo, call);
    return result == NULL ? NULL : keep_result(state, memo, &key, result);
}

static Py_ssize_t
parameter_index(Memo *memo, PyObject *keyword)
{
    Py_ssize_t count = PyTuple_GET_SIZE(memo->parameters);
    for (Py_ssize_t i = memo->positional_only; i < count; i++) {
        if (PyTuple_GET_ITEM(memo->parameters, i) == keyword) { /* mostly interned, both */
            return i;
        }
    }
    return -1;
}

/* Set the values of a call, as borrowed references in the order of the parameters; return whether
   that was possible. */
static bool
bind_values(Memo *memo, const Call *call, PyObject **values)
{
    Py_ssize_t given = (Py_ssize_t)call->count;
    Py_ssize_t count = PyTuple_GET_SIZE(memo->parameters);
    if (given > memo->positional || count > MAX_MEMO_PARAMETERS) {
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        values[i] = i < given ? call->args[i] : NULL;
    }
    Py_ssize_t keyword_count = call->keywords == NULL ? 0 : PyTuple_GET_SIZE(call->keywords);
    for (Py_ssize_t i = 0; i < keyword_count; i++) {
        Py_ssize_t index = parameter_index(memo, PyTuple_GET_ITEM(call->keywords, i));
        if (index < 0 || values[index] != NULL) {
            return false;
        }
        values[index] = call->args[given + i];
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (values[i] == NULL) {
            values[i] = PyTuple_GET_ITEM(memo->defaults, i);
            if (values[i] == Py_Ellipsis) {
                return false;
            }
        }
    }
    return true;
}

static bool
are_tokens(const Values *values, PyObject *const *items, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!is_token(values, items[i])) {
            return false;
        }
    }
    return true;
}

/* Return the values of a call as a new tuple; None if it has the wrong arguments. */
static PyObject *
bound_tuple(Memo *memo, const Call *call)
{
    Py_ssize_t given = (Py_ssize_t)call->count;
    Py_ssize_t keyword_count = call->keywords == NULL ? 0 : PyTuple_GET_SIZE(call->keywords);
    PyObject *args = PyTuple_New(given);
    PyObject *keywords = PyDict_New();
    PyObject *bound = NULL;
    if (args == NULL || keywords == NULL) {
        goto done;
    }
    for (Py_ssize_t i = 0; i < given; i++) {
        PyTuple_SET_ITEM(args, i, Py_NewRef(call->args[i]));
    }
    for (Py_ssize_t i = 0; i < keyword_count; i++) {
        PyObject *keyword = PyTuple_GET_ITEM(call->keywords, i); /* borrowed */
        if (PyDict_SetItem(keywords, keyword, call->args[given + i]) < 0) {
            goto done;
        }
    }
    bound = PyObject_CallFunctionObjArgs(memo->bind, args, keywords, NULL);
    if (bound != NULL && bound != Py_None && !PyTuple_CheckExact(bound)) {
        PyErr_SetString(PyExc_TypeError, "the values of a call are a tuple");
        Py_CLEAR(bound);
    }

done:
    Py_XDECREF(args);
    Py_XDECREF(keywords);
    return bound;
}

/* Answer a call whose values are not all tokens. */
static PyObject *
call_with_parts(Memo *memo, PyObject *const *values, Py_ssize_t count, const Call *call)
{
    State *state = memo->values.state;
    PyObject *result = NULL;
    Tokens tokens;
    tokens_init(&tokens);
    int outcome = add_values(&memo->values, &tokens, values, count);
    if (outcome > 0) {
        result = result_of(state, memo, tokens.tokens, tokens.count, call);
    }
    tokens_clear(&tokens);
    if (outcome != 0) {
        return result;
    }
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(values[i]));
    }
    PyObject *flat = tuple == NULL ? NULL : PyObject_CallOneArg(memo->flatten, tuple);
    Py_XDECREF(tuple);
    if (flat != NULL && !PyTuple_CheckExact(flat)) {
        PyErr_SetString(PyExc_TypeError, "tokens are a tuple");
    }
    else if (flat != NULL) {
        result = result_of(state, memo, &PyTuple_GET_ITEM(flat, 0), PyTuple_GET_SIZE(flat), call);
    }
    Py_XDECREF(flat);
    return result;
}

static PyObject *
memo_vectorcall(PyObject *self, PyObject *const *args, size_t flagged_count, PyObject *keywords)
{
    Memo *memo = (Memo *)self;
    /* Without the flag: our caller may need the item before the first one. */
    Call call = {args, (size_t)PyVectorcall_NARGS(flagged_count), keywords};
    PyObject *values[MAX_MEMO_PARAMETERS];
    if (bind_values(memo, &call, values)) {
        Py_ssize_t count = PyTuple_GET_SIZE(memo->parameters);
        return are_tokens(&memo->values, values, count)
                   ? result_of(memo->values.state, memo, values, count, &call)
                   : call_with_parts(memo, values, count, &call);
    }
    PyObject *bound = bound_tuple(memo, &call);
    if (bound == NULL) {
        return NULL;
    }
    PyObject *result =
        bound == Py_None /* the function raises Python's own TypeError */
            ? PyObject_Vectorcall(memo->function, args, call.count, keywords)
            : call_with_parts(memo, &PyTuple_GET_ITEM(bound, 0), PyTuple_GET_SIZE(bound), &call);
    Py_DECREF(bound);
    return result;
}

#endif
