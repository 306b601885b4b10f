#include "report/html_coverage.h"

#include "data/markup.h"
#include "facts/coverage.h"
#include "report/treemap.h"

#include <stdlib.h>

#define MAP_WIDTH 2.0 /* the map is laid out twice as wide as high */
#define HUE_GOOD 140  /* green; 0 is red */

const char html_coverage_style[] =
        ".map{position:relative;height:22rem;margin:.5rem 0}"
        ".map a{position:absolute;overflow:hidden;padding:.15rem .3rem;font-size:.8rem;"
        "line-height:1.25;color:var(--fg);text-decoration:none;border:1px solid var(--bg);"
        "background:hsl(var(--h) 60% 84%);overflow-wrap:anywhere}.map span{white-space:nowrap}"
        ".num{text-align:right;white-space:nowrap}.bar{display:block;height:.35rem;"
        "min-width:5rem;background:var(--line)}.bar i{display:block;height:100%;"
        "background:hsl(var(--h) 55% 45%)}"
        "details{border-bottom:1px solid var(--line);padding:.35rem 0}summary{cursor:pointer}"
        ".src{margin:.5rem 0;padding:0 0 0 4.5em;overflow-x:auto;tab-size:4;"
        "font:.85rem/1.5 ui-monospace,'DejaVu Sans Mono',monospace}"
        ".src li{white-space:pre;min-height:1.5em;padding-left:.5rem;"
        "border-left:4px solid transparent}.src li::marker{color:var(--dim)}"
        ".src .r{background:#e3f5e7;border-color:#2e9d57}.src .m{background:#fde7e5;"
        "border-color:#c62f25}.src .p{background:#fdf3d6;border-color:#b98600}"
        ".src .c::marker{color:var(--fg);font-weight:700}"
        "@media(prefers-color-scheme:dark){.map a{background:hsl(var(--h) 40% 24%)}"
        ".src .r{background:#14301f}.src .m{background:#3b1917}.src .p{background:#372b0b}}"
        "@media(max-width:34rem){.bar{display:none}.cov td+td.num{display:table-cell}}"
        "@media print{details:not([open])>*{display:none}}";

struct page {
        struct buf *out;
        enum lang lang;
        const struct coverage *coverage;
};

static const char *word(const struct page *page, const char *en, const char *zh) {
        return page->lang == LANG_ZH ? zh : en;
}

static void raw(const struct page *page, const char *html) {
        buf_add(page->out, str_of(html));
}

static void text(const struct page *page, struct str plain) {
        markup_xml(page->out, plain);
}

static unsigned hue(struct coverage_sum sum) {
        return (unsigned)(coverage_percent(sum) * HUE_GOOD / 100);
}

static void percent(const struct page *page, struct coverage_sum sum) {
        struct str words = coverage_words(page->out->arena, sum);

        if (!sum.statements)
                raw(page, "–");
        else
                buf_printf(page->out, "%.*s%%", STR_ARG(words));
}

/* "75.00% (6 of 8)" */
static void figure(const struct page *page, struct coverage_sum sum) {
        percent(page, sum);
        if (sum.statements)
                buf_printf(page->out, page->lang == LANG_ZH ? "（%llu/%llu）" : " (%llu of %llu)",
                           (unsigned long long)sum.covered, (unsigned long long)sum.statements);
}

static uint64_t missed(struct coverage_sum sum) {
        return sum.statements - sum.covered;
}

/* ---- the map ---- */

static int by_size(const void *a, const void *b) {
        const struct coverage_package *x = *(const struct coverage_package *const *)a;
        const struct coverage_package *y = *(const struct coverage_package *const *)b;

        if (x->sum.statements != y->sum.statements)
                return x->sum.statements > y->sum.statements ? -1 : 1;
        return str_cmp(x->path, y->path);
}

static int by_missed(const void *a, const void *b) {
        const struct coverage_package *x = *(const struct coverage_package *const *)a;
        const struct coverage_package *y = *(const struct coverage_package *const *)b;

        if (missed(x->sum) != missed(y->sum))
                return missed(x->sum) > missed(y->sum) ? -1 : 1;
        return str_cmp(x->path, y->path);
}

static const struct coverage_package **sorted_packages(const struct page *page,
                                                       int (*cmp)(const void *, const void *)) {
        size_t count = page->coverage->package_count;
        const struct coverage_package **list =
                ARENA_ARRAY(page->out->arena, const struct coverage_package *, count);

        for (size_t i = 0; i < count; i++)
                list[i] = &page->coverage->packages[i];
        if (count)
                qsort(list, count, sizeof(const struct coverage_package *), cmp);
        return list;
}

static struct str last_part(struct str path) {
        struct str before, name = path;

        str_cut_last(path, '/', &before, &name);
        return name;
}

static void tile(const struct page *page, const struct treemap_tile *place, struct str path,
                 struct str name, struct coverage_sum sum) {
        buf_printf(page->out,
                   "<a href=\"#packages\" style=\"left:%.2f%%;top:%.2f%%;width:%.2f%%;"
                   "height:%.2f%%;--h:%u\" title=\"",
                   place->x / MAP_WIDTH * 100, place->y * 100, place->width / MAP_WIDTH * 100,
                   place->height * 100, hue(sum));
        text(page, path);
        raw(page, " ");
        figure(page, sum);
        raw(page, "\">");
        text(page, name);
        raw(page, "<br><span>");
        percent(page, sum);
        raw(page, "</span></a>\n");
}

/* The packages with statements, and what all that get no tile of their own sum up to. */
static size_t weigh(const struct coverage_package **packages, size_t count,
                    struct treemap_tile *tiles, struct coverage_sum *ret_rest) {
        size_t used = 0;

        for (size_t i = 0; i < count && packages[i]->sum.statements; i++) {
                if (used < HTML_TILES_MAX) {
                        tiles[used++].weight = (double)packages[i]->sum.statements;
                        continue;
                }
                ret_rest->statements += packages[i]->sum.statements;
                ret_rest->covered += packages[i]->sum.covered;
        }
        return used;
}

static void map(const struct page *page) {
        size_t count = page->coverage->package_count;
        const struct coverage_package **packages = sorted_packages(page, by_size);
        struct treemap_tile tiles[HTML_TILES_MAX + 1] = { 0 };
        struct coverage_sum rest = { 0 };
        size_t used = weigh(packages, count, tiles, &rest);

        /* The rest comes last, where it is heavier than the last one too: only its shape suffers.
         */
        if (rest.statements)
                tiles[used].weight = (double)rest.statements;
        treemap_lay_out(tiles, used + (rest.statements > 0), MAP_WIDTH, 1);
        raw(page, "<div class=\"map\">\n");
        for (size_t i = 0; i < used; i++)
                tile(page, &tiles[i], packages[i]->path, last_part(packages[i]->path),
                     packages[i]->sum);
        if (rest.statements)
                tile(page, &tiles[used], str_of(word(page, "all others", "其余")),
                     str_of(word(page, "all others", "其余")), rest);
        raw(page, "</div>\n");
}

/* ---- tables ---- */

static void bar(const struct page *page, struct coverage_sum sum) {
        buf_printf(page->out,
                   "<td><span class=\"bar\"><i style=\"width:%.1f%%;--h:%u\"></i></span></td>",
                   coverage_percent(sum), hue(sum));
}

static void package_row(const struct page *page, const struct coverage_package *package) {
        raw(page, "<tr><td><code>");
        text(page, package->path);
        raw(page, "</code></td><td class=\"num\">");
        figure(page, package->sum);
        raw(page, "</td>");
        if (page->coverage->has_patch) {
                raw(page, "<td class=\"num\">");
                figure(page, package->patch);
                raw(page, "</td>");
        }
        bar(page, package->sum);
        raw(page, "</tr>\n");
}

static void more(const struct page *page, size_t count, const char *en, const char *zh) {
        if (count)
                buf_printf(page->out, "<p class=\"dim\">%s%zu</p>\n", word(page, en, zh), count);
}

static void packages_table(const struct page *page) {
        size_t count = page->coverage->package_count;
        const struct coverage_package **packages = sorted_packages(page, by_missed);
        size_t shown = MIN_OF(count, (size_t)HTML_PACKAGES_MAX);

        buf_printf(page->out,
                   "<h3 id=\"packages\">%s</h3>\n<table class=\"cov\">\n<thead><tr><th>%s</th>"
                   "<th class=\"num\">%s</th>",
                   word(page, "Packages", "包"), word(page, "package", "包"),
                   word(page, "covered", "覆盖率"));
        if (page->coverage->has_patch)
                buf_printf(page->out, "<th class=\"num\">%s</th>",
                           word(page, "of this change", "本次变更"));
        raw(page, "<th></th></tr></thead>\n<tbody>\n");
        for (size_t i = 0; i < shown; i++)
                package_row(page, packages[i]);
        raw(page, "</tbody>\n</table>\n");
        more(page, count - shown, "Packages that are not shown, with less left to cover: ",
             "未显示的包（未覆盖的语句更少）：");
}

/* The functions with most uncovered statements, kept sorted while all are looked at. */
struct worst {
        const struct coverage_file *file;
        const struct coverage_function *function;
};

static void offer(struct worst *list, size_t *count, struct worst candidate) {
        uint64_t size = missed(candidate.function->sum);
        size_t at = *count;

        if (!size)
                return;
        while (at && missed(list[at - 1].function->sum) < size)
                at--;
        if (at == HTML_FUNCTIONS_MAX)
                return;
        for (size_t i = MIN_OF(*count, (size_t)HTML_FUNCTIONS_MAX - 1); i > at; i--)
                list[i] = list[i - 1];
        list[at] = candidate;
        *count = MIN_OF(*count + 1, (size_t)HTML_FUNCTIONS_MAX);
}

static void functions_table(const struct page *page) {
        struct worst list[HTML_FUNCTIONS_MAX];
        size_t count = 0;

        for (size_t i = 0; i < page->coverage->file_count; i++)
                for (size_t j = 0; j < page->coverage->files[i].function_count; j++)
                        offer(list, &count,
                              (struct worst){ &page->coverage->files[i],
                                              &page->coverage->files[i].functions[j] });
        if (!count)
                return;
        buf_printf(
                page->out,
                "<h3>%s</h3>\n<table class=\"cov\">\n<thead><tr><th>%s</th><th class=\"num\">%s</th>"
                "</tr></thead>\n<tbody>\n",
                word(page, "Functions with most left to cover", "未覆盖语句最多的函数"),
                word(page, "function", "函数"), word(page, "covered", "覆盖率"));
        for (size_t i = 0; i < count; i++) {
                raw(page, "<tr><td><code>");
                text(page, list[i].function->name);
                raw(page, "</code> <span class=\"place\">");
                text(page, list[i].file->path);
                buf_printf(page->out, ":%u</span></td><td class=\"num\">", list[i].function->line);
                figure(page, list[i].function->sum);
                raw(page, "</td></tr>\n");
        }
        raw(page, "</tbody>\n</table>\n");
}

/* ---- sources ---- */

static void source_line(const struct page *page, const struct coverage_file *file, uint32_t number,
                        struct str line) {
        static const char letters[] = { [COVERAGE_LINE_NONE] = 0,
                                        [COVERAGE_LINE_RAN] = 'r',
                                        [COVERAGE_LINE_MISSED] = 'm',
                                        [COVERAGE_LINE_PARTLY] = 'p' };
        char letter = letters[file->source->lines[number - 1]];
        bool changed = file->change && line_ranges_have(&file->change->lines, number);

        if (!letter && !changed)
                raw(page, "<li>");
        else if (!letter)
                raw(page, "<li class=\"c\">");
        else
                buf_printf(page->out, "<li class=\"%c%s\">", letter, changed ? " c" : "");
        text(page, str_drop_suffix(line, STR("\r")));
        raw(page, "\n");
}

static void source(const struct page *page, const struct coverage_file *file) {
        struct str rest = file->source->text, line;

        raw(page, "<details><summary><code>");
        text(page, file->path);
        raw(page, "</code> ");
        figure(page, file->sum);
        raw(page, "</summary>\n<ol class=\"src\">");
        for (uint32_t i = 1; i <= file->source->line_count && str_next_line(&rest, &line); i++)
                source_line(page, file, i, line);
        raw(page, "</ol></details>\n");
}

static void sources(const struct page *page) {
        buf_printf(
                page->out, "<h3>%s</h3>\n<p class=\"dim\">%s</p>\n",
                word(page, "Source lines", "源代码行"),
                word(page,
                     "Green: run by tests. Red: not run. Yellow: in part. A bold number: "
                     "changed since the base.",
                     "绿色：测试运行过。红色：未运行。黄色：部分运行。行号加粗：自基线以来有改动。"));
        for (size_t i = 0; i < page->coverage->file_count; i++)
                if (page->coverage->files[i].source)
                        source(page, &page->coverage->files[i]);
        more(page, page->coverage->files_not_shown,
             "Files that are not shown, to keep this page small: ",
             "为控制页面大小而未显示的文件：");
}

void html_coverage(struct buf *out, enum lang lang, const struct report *report) {
        struct page page = { out, lang, report->facts->coverage };

        if (!page.coverage)
                return;
        buf_printf(out, "<h2>%s</h2>\n<p>%s", word(&page, "Coverage", "测试覆盖率"),
                   word(&page, "In total ", "总计 "));
        figure(&page, page.coverage->total);
        if (page.coverage->has_patch) {
                raw(&page, word(&page, ", of this change ", "，本次变更 "));
                figure(&page, page.coverage->patch);
        }
        raw(&page, word(&page, ".</p>\n", "。</p>\n"));
        map(&page);
        packages_table(&page);
        functions_table(&page);
        sources(&page);
}
