/* The source files that a report shows, and what ran of each line. */
#include "facts/coverage_impl.h"
#include "facts/redact.h"

#include <stdlib.h>

/* Where a line begins and ends. */
struct line_span {
        uint32_t start, length;
};

static struct line_span *lines_of(struct arena *arena, struct str source, size_t *ret_count) {
        VEC(struct line_span) lines = { 0 };
        struct str rest = source, line;

        while (str_next_line(&rest, &line))
                *VEC_ADD(arena, &lines) =
                        (struct line_span){ (uint32_t)(line.ptr - source.ptr), (uint32_t)line.len };
        *ret_count = lines.count;
        return lines.items;
}

/* What a block covers of a line says something only where it is more than a brace. */
static bool has_code(struct str part) {
        struct str text = str_trim(part);

        return text.len && !str_eq(text, STR("{")) && !str_eq(text, STR("}"));
}

static void mark(unsigned char *state, bool ran) {
        unsigned char now = ran ? COVERAGE_LINE_RAN : COVERAGE_LINE_MISSED;

        *state = *state == COVERAGE_LINE_NONE || *state == now ? now : COVERAGE_LINE_PARTLY;
}

static void mark_block(const struct cover_block *block, struct str source,
                       const struct line_span *lines, size_t count, unsigned char *states) {
        uint32_t first = COVER_LINE(block->start), last = COVER_LINE(block->end);

        for (uint32_t line = MAX_OF(first, 1u); line <= last && line <= count; line++) {
                struct line_span span = lines[line - 1];
                struct str text = str_slice(source, span.start, span.start + span.length);
                size_t from = line == first ? COVER_COLUMN(block->start) : 1;
                size_t to = line == last ? COVER_COLUMN(block->end) : span.length + 1;

                from = MAX_OF(from, (size_t)1) - 1;
                to = MAX_OF(to, (size_t)1) - 1;
                if (has_code(str_slice(text, from, MAX_OF(from, to))))
                        mark(&states[line - 1], block->count > 0);
        }
}

static void mark_plain(const struct cover_run *run, struct str source,
                       const struct line_span *lines, size_t count, unsigned char *states) {
        struct cover_cursor cursor = cover_run_walk(run);
        struct cover_block block;

        while (cover_cursor_next(&cursor, &block))
                if (block.statements)
                        mark_block(&block, source, lines, count, states);
}

/* Under line directives columns are not known: a line is what the blocks say that have its number.
 */
static void mark_moved(const struct cover_run *run, const uint32_t *moved, size_t count,
                       unsigned char *states) {
        struct cover_cursor cursor = cover_run_walk(run);
        struct cover_block block;

        while (cover_cursor_next(&cursor, &block))
                for (size_t i = 0; block.statements && i < count; i++)
                        if (moved[i] >= COVER_LINE(block.start) &&
                            moved[i] <= COVER_LINE(block.end))
                                mark(&states[i], block.count > 0);
}

static uint32_t *moved_lines(struct arena *arena, const struct cover_shifts *shifts,
                             const struct line_span *lines, size_t count) {
        uint32_t *moved = ARENA_ARRAY(arena, uint32_t, count);

        for (size_t i = 0; i < count; i++) {
                struct source_pos pos = { (uint32_t)i + 1, 1 };

                moved[i] = COVER_LINE(cover_place(shifts, lines[i].start, pos));
        }
        return moved;
}

static bool show(struct fact_job *job, struct coverage_work *work, struct redactor *redactor) {
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        struct coverage_source *source = ARENA_NEW(job->arena, struct coverage_source);
        struct cover_shifts shifts;
        struct line_span *lines;
        unsigned char *states;
        struct err ignored;

        if (!fact_read_file(job->repo->tree, job->arena, work->entry->path, COVERAGE_SOURCE_SHOWN,
                            &source->text, &ignored))
                return false;
        source->text = redact(redactor, job->arena, work->entry->path,
                              str_drop_prefix(source->text, COVERAGE_BOM));
        lines = lines_of(&scratch, source->text, &source->line_count);
        states = ARENA_ARRAY(job->arena, unsigned char, source->line_count);
        shifts = cover_shifts_read(&scratch, source->text);
        if (shifts.count)
                mark_moved(&work->profile->run,
                           moved_lines(&scratch, &shifts, lines, source->line_count),
                           source->line_count, states);
        else
                mark_plain(&work->profile->run, source->text, lines, source->line_count, states);
        source->lines = states;
        work->file.source = source;
        return true;
}

/* What interests most comes first: what the change has left uncovered, what it has touched, then
 * what is uncovered. */
static int cmp_interest(const void *a, const void *b) {
        const struct coverage_file *x = &(*(struct coverage_work *const *)a)->file;
        const struct coverage_file *y = &(*(struct coverage_work *const *)b)->file;
        uint64_t keys[][2] = {
                { x->patch.statements - x->patch.covered, y->patch.statements - y->patch.covered },
                { x->change != NULL, y->change != NULL },
                { x->sum.statements - x->sum.covered, y->sum.statements - y->sum.covered },
        };

        for (size_t i = 0; i < COUNT_OF(keys); i++)
                if (keys[i][0] != keys[i][1])
                        return keys[i][0] > keys[i][1] ? -1 : 1;
        return str_cmp(x->path, y->path);
}

void coverage_show_sources(struct fact_job *job, struct coverage_work *work, size_t count,
                           size_t *ret_not_shown) {
        AUTO_ARENA scratch = arena_make(job->arena->budget);
        struct coverage_work **order = ARENA_ARRAY(&scratch, struct coverage_work *, count);
        size_t room = COVERAGE_SOURCE_SHOWN, shown = 0;
        AUTO_REDACTOR *redactor = NULL;

        if (!job->repo->options.coverage.want_sources || !count)
                return;
        redactor = redactor_open(&scratch, job->repo);
        for (size_t i = 0; i < count; i++)
                order[i] = &work[i];
        qsort(order, count, sizeof(struct coverage_work *), cmp_interest);
        for (size_t i = 0; i < count; i++) {
                size_t size = order[i]->entry->size;

                if (shown < COVERAGE_FILES_SHOWN && size <= room && show(job, order[i], redactor)) {
                        room -= MIN_OF(room, order[i]->file.source->text.len);
                        shown++;
                } else if (order[i]->file.sum.statements) {
                        (*ret_not_shown)++;
                }
        }
}
