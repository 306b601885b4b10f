/* Packs and deltas out of bytes, where they are damaged above all; test/odb_test.py holds whole
 * repositories against the real git. */
#include "base/buf.h"
#include "gitrepo/delta.h"
#include "gitrepo/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>

#define ID_SIZE 20

static void fail_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        fail_msg("the arena is full");
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = fail_when_full };

/* A pack that is being written; the ids are "a", "b", ... repeated. */
struct writer {
        struct buf pack;
        uint32_t places[16], count;
};

static void add_u32(struct buf *buf, uint32_t number) {
        for (int shift = 24; shift >= 0; shift -= 8)
                buf_add_char(buf, (char)(number >> shift));
}

static void begin(struct writer *w, struct arena *arena, uint32_t count) {
        *w = (struct writer){ .pack = buf_make(arena) };
        buf_add(&w->pack, STR("PACK"));
        add_u32(&w->pack, 2);
        add_u32(&w->pack, count);
}

static void add_entry(struct writer *w, unsigned type, struct str base, struct str bytes) {
        struct libdeflate_compressor *packer = libdeflate_alloc_compressor(1);
        char out[512];
        size_t len;

        assert_true(bytes.len < 16);
        w->places[w->count++] = (uint32_t)w->pack.len;
        buf_add_char(&w->pack, (char)(type << 4 | bytes.len));
        buf_add(&w->pack, base);
        len = libdeflate_zlib_compress(packer, bytes.ptr, bytes.len, out, sizeof(out));
        buf_add(&w->pack, (struct str){ out, len });
        libdeflate_free_compressor(packer);
}

static struct str end(struct writer *w, struct arena *arena) {
        struct buf index = buf_make(arena);
        char id[ID_SIZE];

        memset(id, 'C', sizeof(id));
        buf_add(&w->pack, (struct str){ id, sizeof(id) });
        for (uint32_t i = 0; i < 256; i++)
                add_u32(&index, i < 'a' ? 0 : MIN_OF(i - 'a' + 1, w->count));
        for (uint32_t i = 0; i < w->count; i++) {
                memset(id, 'a' + (int)i, sizeof(id));
                add_u32(&index, w->places[i]);
                buf_add(&index, (struct str){ id, sizeof(id) });
        }
        memset(id, 'C', sizeof(id));
        buf_add(&index, (struct str){ id, sizeof(id) });
        buf_add(&index, (struct str){ id, sizeof(id) });
        return buf_str(&index);
}

static struct str id_of(struct arena *arena, char letter) {
        char *id = arena_alloc(arena, ID_SIZE);

        memset(id, letter, ID_SIZE);
        return (struct str){ id, ID_SIZE };
}

static bool open_pack(struct writer *w, struct arena *arena, struct pack *ret_pack) {
        struct str index = end(w, arena);
        struct err err;

        return pack_open(STR("p"), buf_str(&w->pack), index, ID_SIZE, ret_pack, &err) &&
               pack_read_entries(ret_pack, arena, &err);
}

static const struct pack_entry *entry(const struct pack *pack, char letter) {
        return &pack->entries[pack->entry_of[letter - 'a']];
}

static void types_follow_bases_in_any_order(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct writer w;
        struct pack pack;

        begin(&w, &arena, 4);
        add_entry(&w, 7, id_of(&arena, 'b'), STR("\1\1\1x"));
        add_entry(&w, 7, id_of(&arena, 'c'), STR("\1\1\1y"));
        add_entry(&w, OBJECT_TREE, STR_NONE, STR("z"));
        add_entry(&w, 7, id_of(&arena, 'q'), STR("\1\1\1y"));
        assert_true(open_pack(&w, &arena, &pack));
        assert_int_equal(entry(&pack, 'a')->type, OBJECT_TREE);
        assert_int_equal(entry(&pack, 'b')->type, OBJECT_TREE);
        assert_int_equal(entry(&pack, 'd')->type, OBJECT_UNKNOWN);
        assert_false(entry(&pack, 'd')->is_damaged);
        assert_memory_equal(pack_outer_base(&pack, pack.entry_of[3]), "qqqqqqqqqqqqqqqqqqqq",
                            ID_SIZE);
        pack_set_type(&pack, &arena, pack.entry_of[3], OBJECT_BLOB);
        assert_int_equal(entry(&pack, 'd')->type, OBJECT_BLOB);
}

static void bases_in_a_circle_are_damage(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct writer w;
        struct pack pack;

        begin(&w, &arena, 5);
        add_entry(&w, 7, id_of(&arena, 'b'), STR("\1\1\1x"));
        add_entry(&w, 7, id_of(&arena, 'a'), STR("\1\1\1y"));
        add_entry(&w, 7, id_of(&arena, 'b'), STR("\1\1\1y"));
        add_entry(&w, 7, id_of(&arena, 'd'), STR("\1\1\1y"));
        add_entry(&w, OBJECT_BLOB, STR_NONE, STR("z"));
        assert_true(open_pack(&w, &arena, &pack));
        for (char letter = 'a'; letter <= 'd'; letter++)
                assert_true(entry(&pack, letter)->is_damaged);
        assert_false(entry(&pack, 'e')->is_damaged);
}

static void a_base_before_the_pack_is_damage(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct writer w;
        struct pack pack;

        begin(&w, &arena, 2);
        add_entry(&w, OBJECT_BLOB, STR_NONE, STR("z"));
        add_entry(&w, 6, STR("\x7f"), STR("\1\1\1x"));
        assert_true(open_pack(&w, &arena, &pack));
        assert_true(entry(&pack, 'b')->is_damaged);
}

static void what_does_not_belong_together_is_refused(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct writer w;
        struct str index;
        struct pack pack;
        struct err err;

        begin(&w, &arena, 1);
        add_entry(&w, OBJECT_BLOB, STR_NONE, STR("z"));
        index = end(&w, &arena);
        for (size_t len = 0; len < w.pack.len; len++)
                assert_false(pack_open(STR("p"), str_slice(buf_str(&w.pack), 0, len), index,
                                       ID_SIZE, &pack, &err));
        for (size_t len = 0; len < index.len; len++)
                assert_false(pack_open(STR("p"), buf_str(&w.pack), str_slice(index, 0, len),
                                       ID_SIZE, &pack, &err));
        assert_true(pack_open(STR("p"), buf_str(&w.pack), index, ID_SIZE, &pack, &err));
        assert_int_equal(pack_find(&pack, (const unsigned char *)"aaaaaaaaaaaaaaaaaaaa"), 0);
        assert_int_equal(pack_find(&pack, (const unsigned char *)"baaaaaaaaaaaaaaaaaaa"),
                         PACK_NONE);
}

static void deltas_are_applied(void **state UNUSED) {
        static const struct {
                struct str delta;
                const char *target; /* NULL: refused */
        } cases[] = {
                { STR_INIT("\x06\x06\x90\x06"), "abcdef" },
                { STR_INIT("\x06\x04\x91\x02\x02\x02xy"), "cdxy" },
                { STR_INIT("\x06\x04\x91\x05\x02\x02xy"), NULL }, /* behind the base */
                { STR_INIT("\x05\x05\x90\x05"), NULL },           /* of another base */
                { STR_INIT("\x06\x05\x90\x06"), NULL },           /* too long */
                { STR_INIT("\x06\x07\x90\x06"), NULL },           /* too short */
                { STR_INIT("\x06\x02\x00xy"), NULL },             /* reserved */
                { STR_INIT("\x06\x03\x03xy"), NULL },             /* cut off */
                { STR_INIT("\x06\x03\x91"), NULL },
                { STR_INIT("\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x"), NULL },
                { STR_INIT(""), NULL },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                size_t size = cases[i].target          ? strlen(cases[i].target)
                              : cases[i].delta.len > 1 ? (size_t)cases[i].delta.ptr[1] & 15
                                                       : 0;
                char to[16];

                assert_int_equal(delta_apply(cases[i].delta, STR("abcdef"), to, size),
                                 cases[i].target != NULL);
                if (cases[i].target)
                        assert_memory_equal(to, cases[i].target, size);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(types_follow_bases_in_any_order),
                cmocka_unit_test(bases_in_a_circle_are_damage),
                cmocka_unit_test(a_base_before_the_pack_is_damage),
                cmocka_unit_test(what_does_not_belong_together_is_refused),
                cmocka_unit_test(deltas_are_applied),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
