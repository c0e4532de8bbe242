/* Text without special characters, searched and copied in blocks.

   Most text has none. copy_plain() copies it and searches it at the same time, one block of 16
   bytes per step. The last block ends where the text ends: it may overlap the block before it,
   so that no rest is left to be read byte by byte. A text of 44 bytes takes three steps:

       byte     0               16              32          44
       text     Every byte of a text is in one block or two.
       i = 0    [..............]
       i = 16                   [..............]
       last                                 [..............]    from byte 28, which is 44 - 16

   A text of 8 to 15 bytes is two words of 8 bytes that may overlap in the same way, a text of
   4 to 7 bytes is two halves of a word, and only a shorter one is read byte by byte.

   Holds function bodies: a part of _core_c.c, not an interface. */

#ifndef FATMORPH_BLOCKS_H
#define FATMORPH_BLOCKS_H

#include "buffer.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define REPEAT(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t
zero_bytes(uint64_t word)
{
    return (word - REPEAT(0x01)) & ~word & REPEAT(0x80);
}

/* Whether eight bytes may contain a special one. In text, `"` is a false alarm, which costs only
   time. `<` and `>` differ in one bit, and so do `"` and `&`: one comparison finds both. */
static inline bool
may_be_special(uint64_t word, bool is_framed)
{
    uint64_t found = zero_bytes((word & REPEAT(0xfd)) ^ REPEAT('<'))
                     | zero_bytes((word & REPEAT(0xfb)) ^ REPEAT('"'));
    if (is_framed) {
        found |= zero_bytes(word ^ REPEAT('\n')) | zero_bytes(word ^ REPEAT('\r'));
    }
    return found != 0;
}

/* Sixteen bytes that are searched together; its two halves may overlap in the text. */
#ifdef __SSE2__
typedef __m128i Block;

static inline Block
block_of(uint64_t first, uint64_t last)
{
    return _mm_set_epi64x((long long)last, (long long)first);
}

static inline bool
may_hold_special(Block block, bool is_framed)
{
    __m128i angle = _mm_and_si128(block, _mm_set1_epi8((char)0xfd));
    __m128i other = _mm_and_si128(block, _mm_set1_epi8((char)0xfb));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(angle, _mm_set1_epi8('<')),
                                 _mm_cmpeq_epi8(other, _mm_set1_epi8('"')));
    if (is_framed) {
        found = _mm_or_si128(found, _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('\n')),
                                                 _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'))));
    }
    return _mm_movemask_epi8(found) != 0;
}
#else
typedef struct {
    uint64_t halves[2];
} Block;

static inline Block
block_of(uint64_t first, uint64_t last)
{
    return (Block){{first, last}};
}

static inline bool
may_hold_special(Block block, bool is_framed)
{
    return may_be_special(block.halves[0], is_framed)
           || may_be_special(block.halves[1], is_framed);
}
#endif

/* Copy bytes and return whether none of them may be special; otherwise discard the copy. */
static inline bool
copy_plain(char *out, const unsigned char *bytes, size_t length, bool is_framed)
{
    if (length >= 16) {
        Block block;
        size_t last = length - 16;
        for (size_t i = 0; i < last; i += 16) {
            memcpy(&block, bytes + i, 16);
            if (may_hold_special(block, is_framed)) {
                return false;
            }
            memcpy(out + i, &block, 16);
        }
        memcpy(&block, bytes + last, 16);
        memcpy(out + last, &block, 16);
        return !may_hold_special(block, is_framed);
    }
    if (length >= 8) {
        uint64_t first, last;
        copy_ends(out, (const char *)bytes, length, 8);
        memcpy(&first, bytes, 8);
        memcpy(&last, bytes + length - 8, 8);
        return !may_hold_special(block_of(first, last), is_framed);
    }
    if (length >= 4) {
        uint32_t first, last;
        copy_ends(out, (const char *)bytes, length, 4);
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + length - 4, 4);
        return !may_be_special((uint64_t)first << 32 | last, is_framed);
    }
    uint64_t word = 0;
    for (size_t i = 0; i < length; i++) {
        out[i] = (char)bytes[i];
        word = word << 8 | bytes[i];
    }
    return !may_be_special(word, is_framed);
}

#endif
