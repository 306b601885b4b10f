#include "report/treemap.h"

/* What is still free, and how much of it a unit of weight takes. */
struct room {
        double x, y, width, height, scale;
};

/* How far from square the worst tile of a row is, along the shorter side. */
static double worst(const struct treemap_tile *tiles, size_t count, double sum, double side,
                    double scale) {
        double thickness = sum * scale / side;
        double most = tiles[0].weight * scale / thickness;
        double least = tiles[count - 1].weight * scale / thickness;
        double a = most > thickness ? most / thickness : thickness / most;
        double b = least > thickness ? least / thickness : thickness / least;

        return a > b ? a : b;
}

/* The number of tiles that make the best row. */
static size_t row_length(const struct treemap_tile *tiles, size_t count, double side, double scale,
                         double *ret_sum) {
        double sum = tiles[0].weight, before = worst(tiles, 1, sum, side, scale);
        size_t length = 1;

        for (; length < count; length++) {
                double with = sum + tiles[length].weight;
                double now = worst(tiles, length + 1, with, side, scale);

                if (now > before)
                        break;
                sum = with;
                before = now;
        }
        *ret_sum = sum;
        return length;
}

static void lay_row(struct treemap_tile *tiles, size_t count, double sum, struct room *room) {
        bool upright = room->width >= room->height;
        double side = upright ? room->height : room->width;
        double thickness = sum * room->scale / side, at = 0;

        for (size_t i = 0; i < count; i++) {
                double length = tiles[i].weight / sum * side;

                tiles[i].x = room->x + (upright ? 0 : at);
                tiles[i].y = room->y + (upright ? at : 0);
                tiles[i].width = upright ? thickness : length;
                tiles[i].height = upright ? length : thickness;
                at += length;
        }
        if (upright) {
                room->x += thickness;
                room->width -= thickness;
        } else {
                room->y += thickness;
                room->height -= thickness;
        }
}

void treemap_lay_out(struct treemap_tile *tiles, size_t count, double width, double height) {
        struct room room = { 0, 0, width, height, 0 };
        double total = 0;

        for (size_t i = 0; i < count; i++)
                total += tiles[i].weight;
        room.scale = total > 0 ? width * height / total : 0;
        for (size_t i = 0; i < count && room.width > 0 && room.height > 0;) {
                double side = room.width < room.height ? room.width : room.height, sum;
                size_t length = row_length(tiles + i, count - i, side, room.scale, &sum);

                lay_row(tiles + i, length, sum, &room);
                i += length;
        }
}
