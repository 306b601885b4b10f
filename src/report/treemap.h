/* report/treemap.h: rectangles whose areas are as given weights, near to squares.
 *
 * Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000). */
#pragma once

#include "base/macros.h"

struct treemap_tile {
        double weight;              /* > 0 */
        double x, y, width, height; /* filled in; the whole is width x height */
};

/* Lays the tiles out, heaviest first, in a rectangle. Tiles must be sorted by weight, heaviest
 * first. */
void treemap_lay_out(struct treemap_tile *tiles, size_t count, double width, double height);
