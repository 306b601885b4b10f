#include "gotest/vet.h"

#include "base/buf.h"
#include "data/json.h"

/* "/path/file.go:12:3"; the line alone where there is no column. */
static void take_posn(struct str posn, struct vet_finding *finding) {
        struct str rest = posn, number;
        uint64_t values[2] = { 0, 0 };
        size_t count = 0;

        while (count < 2 && str_cut_last(rest, ':', &posn, &number) &&
               str_to_u64(number, &values[count])) {
                rest = posn;
                count++;
        }
        finding->path = rest;
        finding->line = (uint32_t)(count == 2 ? values[1] : values[0]);
        finding->column = (uint32_t)(count == 2 ? values[0] : 0);
}

struct vet_visit {
        void (*visit)(void *ctx, const struct vet_finding *finding);
        void *ctx;
};

static void visit_analyzer(const struct vet_visit *visit, struct str package,
                           const struct json_member *analyzer) {
        for (size_t i = 0; i < analyzer->value.count; i++) {
                struct vet_finding finding = { .package = package, .analyzer = analyzer->name };
                const struct json *item;

                if (analyzer->value.kind != JSON_KIND_ARRAY)
                        return;
                item = &analyzer->value.items[i];
                take_posn(json_get_string(item, STR("posn")), &finding);
                finding.message = json_get_string(item, STR("message"));
                if (finding.message.len)
                        visit->visit(visit->ctx, &finding);
        }
}

static void visit_object(const struct vet_visit *visit, const struct json *object) {
        if (object->kind != JSON_KIND_OBJECT)
                return;
        for (size_t i = 0; i < object->count; i++)
                for (size_t j = 0; object->members[i].value.kind == JSON_KIND_OBJECT &&
                                   j < object->members[i].value.count;
                     j++)
                        visit_analyzer(visit, object->members[i].name,
                                       &object->members[i].value.members[j]);
}

/* The objects stand one after the other: as an array they are one document. A line that begins one
 * or ends one has nothing else on it. */
static struct str as_array(struct arena *arena, struct str text) {
        struct buf out = buf_make(arena);
        struct str line;
        size_t objects = 0;

        buf_add_char(&out, '[');
        while (str_next_line(&text, &line)) {
                if (str_has_prefix(line, STR("#")) || str_has_prefix(line, STR("vet: ")))
                        continue;
                if (str_has_prefix(line, STR("{")) && objects++)
                        buf_add_char(&out, ',');
                if (objects > VET_OBJECTS_MAX)
                        break;
                buf_add(&out, line);
                buf_add_char(&out, '\n');
        }
        buf_add_char(&out, ']');
        return buf_str(&out);
}

bool vet_parse(struct arena *arena, struct str text,
               void (*visit)(void *ctx, const struct vet_finding *finding), void *ctx,
               struct err *err) {
        struct vet_visit visitor = { visit, ctx };
        struct json list;

        if (!json_parse(arena, STR("go vet -json"), as_array(arena, text), &list, err))
                return false;
        for (size_t i = 0; i < list.count; i++)
                visit_object(&visitor, &list.items[i]);
        return true;
}
