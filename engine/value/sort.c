/* SPDX-License-Identifier: Apache-2.0
 *
 * Stable sorting of rows in place: which of two equal numbers (1 and 1.0) a set
 * keeps depends on their order, so stability shows. Runs of 16 by insertion,
 * then merging; what does not fit the buffer on the stack is split by rotation.
 * Recursion is as deep as the logarithm of the length. */
#include "shape.h"

enum { RUN = 16, BUFFER = 256 };

typedef struct {
    pol_value *rows;
    size_t width;
} sorter;

static pol_value *row(const sorter *s, size_t i)
{
    return s->rows + i * s->width;
}

static void move_rows(const sorter *s, pol_value *to, const pol_value *from,
                      size_t count)
{
    memmove(to, from, count * s->width * sizeof(pol_value));
}

/* The first row of [low, high) that is not before `key` (or, with `after`,
 * that is behind it). */
static size_t bound(const sorter *s, size_t low, size_t high, pol_value key,
                    bool after)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pol_compare(*row(s, middle), key);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insertion(const sorter *s, size_t low, size_t high)
{
    for (size_t i = low + 1; i < high; i++) {
        if (pol_compare(*row(s, i - 1), *row(s, i)) <= 0)
            continue;
        pol_value held[2] = {*row(s, i), row(s, i)[s->width - 1]};
        size_t to = bound(s, low, i, held[0], true);
        move_rows(s, row(s, to + 1), row(s, to), i - to);
        memcpy(row(s, to), held, s->width * sizeof(pol_value));
    }
}

static void reverse(const sorter *s, size_t low, size_t high)
{
    while (low + 1 < high) {
        high--;
        for (size_t i = 0; i < s->width; i++) {
            pol_value held = row(s, low)[i];
            row(s, low)[i] = row(s, high)[i];
            row(s, high)[i] = held;
        }
        low++;
    }
}

/* Swaps the neighbouring ranges [low, middle) and [middle, high). */
static void rotate(const sorter *s, size_t low, size_t middle, size_t high)
{
    reverse(s, low, middle);
    reverse(s, middle, high);
    reverse(s, low, high);
}

/* Merges where the left range fits the buffer. */
static void merge_left(const sorter *s, size_t low, size_t middle, size_t high)
{
    pol_value buffer[BUFFER];
    sorter held = {buffer, s->width};
    size_t count = middle - low, i = 0;
    move_rows(s, buffer, row(s, low), count);
    for (; i < count && middle < high; low++) {
        bool right = pol_compare(*row(s, middle), *row(&held, i)) < 0;
        const pol_value *from = right ? row(s, middle++) : row(&held, i++);
        move_rows(s, row(s, low), from, 1);
    }
    move_rows(s, row(s, low), row(&held, i), count - i);
}

/* Merges where the right range fits the buffer, from behind. */
static void merge_right(const sorter *s, size_t low, size_t middle, size_t high)
{
    pol_value buffer[BUFFER];
    sorter held = {buffer, s->width};
    size_t count = high - middle;
    move_rows(s, buffer, row(s, middle), count);
    while (count && middle > low) {
        bool left = pol_compare(*row(&held, count - 1), *row(s, middle - 1)) < 0;
        const pol_value *from = left ? row(s, --middle) : row(&held, --count);
        move_rows(s, row(s, --high), from, 1);
    }
    move_rows(s, row(s, high - count), buffer, count);
}

static void merge(const sorter *s, size_t low, size_t middle, size_t high)
{
    while (low < middle && middle < high) {
        if (pol_compare(*row(s, middle - 1), *row(s, middle)) <= 0)
            return;
        size_t room = BUFFER / s->width;
        if (middle - low <= room) {
            merge_left(s, low, middle, high);
            return;
        }
        if (high - middle <= room) {
            merge_right(s, low, middle, high);
            return;
        }
        size_t left, right;
        if (middle - low > high - middle) {
            left = low + (middle - low) / 2;
            right = bound(s, middle, high, *row(s, left), false);
        } else {
            right = middle + (high - middle) / 2;
            left = bound(s, low, middle, *row(s, right), true);
        }
        rotate(s, left, middle, right);
        size_t split = left + (right - middle);
        merge(s, low, left, split);
        low = split;
        middle = right;
    }
}

void pol_shape_sort(pol_value *rows, size_t count, size_t width)
{
    sorter s = {rows, width};
    for (size_t low = 0; low < count; low += RUN)
        insertion(&s, low, count - low < RUN ? count : low + RUN);
    for (size_t step = RUN; step < count; step *= 2)
        for (size_t low = 0; low + step < count; low += 2 * step)
            merge(&s, low, low + step,
                  count - low < 2 * step ? count : low + 2 * step);
}
