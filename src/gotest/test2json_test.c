/* The event stream of go test -json. */
#include "gotest/test2json.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void give_up(struct arena_budget *full UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 64 << 20, .on_full = give_up };

static void note_event(void *ctx, const struct test_event *event) {
        struct buf *out = ctx;

        buf_printf(out, "%d|%.*s|%.*s|%.*s|%.*s|%d;", (int)event->action, STR_ARG(event->package),
                   STR_ARG(event->test), STR_ARG(event->import_path), STR_ARG(event->output),
                   event->is_cut);
}

static void note_plain(void *ctx, struct str line) {
        buf_printf(ctx, "plain|%.*s;", STR_ARG(line));
}

static struct str read_in_steps(struct arena *arena, struct str text, size_t step) {
        struct buf *out = ARENA_NEW(arena, struct buf);
        struct test2json *reader;

        *out = buf_make(arena);
        reader = test2json_make(arena, (struct test2json_sink){ out, note_event, note_plain });
        for (size_t at = 0; at < text.len; at += step)
                test2json_feed(reader, str_slice(text, at, at + step));
        if (test2json_finish(reader))
                buf_add(out, STR("cut off"));
        return buf_str(out);
}

static void expect(const char *text, const char *want) {
        AUTO_ARENA arena = arena_make(&budget);

        for (size_t step = 1; step < 40; step += 6) {
                struct str got = read_in_steps(&arena, str_of(text), step);

                if (!str_eq(got, str_of(want)))
                        fail_msg("in steps of %zu: %.*s", step, STR_ARG(got));
        }
}

static void events_are_read(void **state UNUSED) {
        expect("{\"Time\":\"2026-11-24T13:09:15.1Z\",\"Action\":\"output\",\"Package\":\"p\","
               "\"Test\":\"T/\\u003ca\\\"\",\"Output\":\"x\\ty\\n\"}\n",
               "8|p|T/<a\"||x\ty\n|0;");
        expect("{\"ImportPath\":\"p [p.test]\",\"Action\":\"build-output\",\"Output\":\"# p\\n\"}\r\n",
               "12|||p [p.test]|# p\n|0;");
        expect(" { \"Action\" : \"pass\" , \"Elapsed\" : 0.5e1 , \"Package\" : \"p\" } \n",
               "5|p||||0;");
        expect("{\"Action\":\"attr\",\"Extra\":{\"a\":[1,\"}\"]},\"Key\":\"k\",\"Package\":\"p\"}\n",
               "10|p||||0;");
}

static void runes_are_unescaped(void **state UNUSED) {
        expect("{\"Action\":\"output\",\"Output\":\"\\u00e9\\u4f60\\ud83d\\ude00\\ud83d!\\ude00\"}\n",
               "8||||\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80\xef\xbf\xbd!\xef\xbf\xbd|0;");
        expect("{\"Action\":\"output\",\"Output\":\"a\xff\\\\\\/\"}\n", "8||||a\xff\\/|0;");
}

static void other_lines_are_handed_on(void **state UNUSED) {
        expect("# p\nx.go:1:2: no\n{}\n{\"a\":1}\n{\"Action\":\"pass\"} x\n\n",
               "plain|# p;plain|x.go:1:2: no;plain|{};plain|{\"a\":1};plain|{\"Action\":\"pass\"} x;");
}

static void a_stream_that_is_cut_off_is_told(void **state UNUSED) {
        expect("{\"Action\":\"output\",\"Output\":\"abc", "cut off");
        expect("{\"Action\":\"pass\",\"Package\":\"p\"}", "5|p||||0;");
}

static void a_long_line_is_read_in_part(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct buf text = buf_make(&arena);
        struct str got;

        buf_add(&text,
                STR("{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"T\",\"Output\":\""));
        for (size_t i = 0; i < 2 * TEST2JSON_LINE_MAX; i++)
                buf_add_char(&text, 'y');
        buf_add(&text, STR("\"}\n{\"Action\":\"pass\",\"Package\":\"p\"}\n"));
        for (size_t step = 1000; step <= text.len * 2; step *= 900) {
                got = read_in_steps(&arena, buf_str(&text), step);
                assert_true(str_has_prefix(got, STR("8|p|T||yyyy")));
                assert_true(str_has_suffix(got, STR("y|1;5|p||||0;")));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(events_are_read),
                cmocka_unit_test(runes_are_unescaped),
                cmocka_unit_test(other_lines_are_handed_on),
                cmocka_unit_test(a_stream_that_is_cut_off_is_told),
                cmocka_unit_test(a_long_line_is_read_in_part),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
