/* Numbers as text. Small ones are common in pages, and their texts are made once.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_NUMBERS_H
#define FATMORPH_NUMBERS_H

#include "state.h"

static int
make_small_numbers(State *state)
{
    state->small_numbers = PyTuple_New(SMALL_NUMBERS);
    if (state->small_numbers == NULL) {
        return -1;
    }
    for (Py_ssize_t number = 0; number < SMALL_NUMBERS; number++) {
        PyObject *text = PyUnicode_FromFormat("%zd", number);
        if (text == NULL) {
            return -1;
        }
        PyTuple_SET_ITEM(state->small_numbers, number, text);
    }
    return 0;
}

/* Return the text of an int or a float; NULL without an exception for a large int, of which Python
   may refuse to write so many digits: the shared functions have that error. */
static inline PyObject *
number_text(const State *state, PyObject *number)
{
    if (PyLong_CheckExact(number)) {
        int overflow;
        long value = PyLong_AsLongAndOverflow(number, &overflow);
        if (overflow == 0 && value >= 0 && value < SMALL_NUMBERS) {
            return Py_NewRef(PyTuple_GET_ITEM(state->small_numbers, value));
        }
        if (overflow != 0) {
            return NULL;
        }
    }
    return PyObject_Repr(number);
}

#endif
