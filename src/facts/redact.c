#include "facts/redact.h"

#include "facts/secrets_impl.h"

struct redactor {
        struct secrets_search search;
        struct fact_job job;
        struct secrets_options options;
        struct scanner *scanner;
};

struct redactor *redactor_open(struct arena *arena, struct repo_facts *repo) {
        struct redactor *redactor = ARENA_NEW(arena, struct redactor);
        struct err ignored;

        redactor->job = (struct fact_job){ .repo = repo, .arena = arena };
        redactor->options = repo->options.secrets;
        redactor->options.rules = NULL;
        redactor->search.job = &redactor->job;
        redactor->search.options = &redactor->options;
        if (!secrets_rules_open(&redactor->search, &ignored))
                return NULL;
        redactor->scanner = scanner_open(redactor->search.set, arena->budget);
        if (!redactor->scanner)
                redactor_close(&redactor);
        return redactor;
}

void redactor_close(struct redactor **redactor) {
        if (!*redactor)
                return;
        scanner_close(&(*redactor)->scanner);
        scan_set_close(&(*redactor)->search.set);
        *redactor = NULL;
}

struct str redact(struct redactor *redactor, struct arena *arena, struct str path,
                  struct str text) {
        if (!redactor || text.len > DATABASE_TEXT_MAX)
                return STR_NONE;
        return scanner_redact(redactor->scanner, path, text, arena);
}
