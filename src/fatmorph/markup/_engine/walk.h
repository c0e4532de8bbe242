/* The stack of a walk through a tree, used instead of recursion.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_WALK_H
#define FATMORPH_WALK_H

#include "tree.h"

typedef struct {
    Element *element; /* borrowed: the root holds the whole tree */
    Py_ssize_t next;
} Frame;

typedef struct {
    Frame *frames;
    Py_ssize_t depth;
    Py_ssize_t capacity;
    Frame inline_frames[INLINE_FRAMES];
} Walk;

static int
push_frame(Walk *walk, Element *element)
{
    if (walk->depth == walk->capacity) {
        Py_ssize_t capacity = 2 * walk->capacity;
        size_t size = (size_t)capacity * sizeof(Frame);
        Frame *larger = walk->frames == walk->inline_frames ? PyMem_Malloc(size)
                                                            : PyMem_Realloc(walk->frames, size);
        if (larger == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        if (walk->frames == walk->inline_frames) {
            memcpy(larger, walk->inline_frames, sizeof(walk->inline_frames));
        }
        walk->frames = larger;
        walk->capacity = capacity;
    }
    walk->frames[walk->depth].element = element;
    walk->frames[walk->depth].next = 0;
    walk->depth++;
    return 0;
}

#endif
