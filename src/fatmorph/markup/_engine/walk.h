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
        Frame *larger = larger_array(walk->frames, walk->inline_frames,
                                     sizeof(walk->inline_frames),
                                     (size_t)capacity * sizeof(Frame));
        if (larger == NULL) {
            return -1;
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
