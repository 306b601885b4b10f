/* What a path says of a file. */
#include "leak/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void kinds_are_told_by_folders_and_names(void **state UNUSED) {
        static const struct {
                const char *path;
                enum place_kind kind;
        } cases[] = {
                { "main.go", PLACE_CODE },
                { "internal/contest/contest.go", PLACE_CODE },
                { "internal/pay/pay_test.go", PLACE_EXAMPLE },
                { "testdata/a.yaml", PLACE_EXAMPLE },
                { "a/Examples/b.sh", PLACE_EXAMPLE },
                { "docs/install.md", PLACE_EXAMPLE },
                { "README.md", PLACE_EXAMPLE },
                { ".env.example", PLACE_EXAMPLE },
                { "config.sample.yaml", PLACE_EXAMPLE },
                { "vendor/example.com/a/a_test.go", PLACE_VENDOR },
                { "web/node_modules/x/index.js", PLACE_VENDOR },
                { "vendored/a.go", PLACE_CODE },
                { "go.sum", PLACE_LOCK },
                { "vendor/go.sum", PLACE_LOCK },
                { "web/package-lock.json", PLACE_LOCK },
                { "dist/SHA256SUMS", PLACE_LOCK },
                { "static/app.min.js", PLACE_LOCK },
                { "api/pay.pb.go", PLACE_LOCK },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (place_kind_of(str_of(cases[i].path)) != cases[i].kind)
                        fail_msg("%s", cases[i].path);
}

static void languages_are_told_by_endings_and_names(void **state UNUSED) {
        static const struct {
                const char *path;
                enum place_language language;
        } cases[] = {
                { "a/main.go", LANGUAGE_GO },
                { "main.go.tmpl", LANGUAGE_GO },
                { "deploy/secret.YAML", LANGUAGE_YAML },
                { "values.yml.example", LANGUAGE_YAML },
                { "appsettings.json", LANGUAGE_JSON },
                { ".docker/config.json", LANGUAGE_JSON },
                { ".docker/.dockercfg", LANGUAGE_JSON },
                { "Cargo.toml", LANGUAGE_TOML },
                { "prod.tfvars", LANGUAGE_TOML },
                { ".env", LANGUAGE_DOTENV },
                { "a/.env.production", LANGUAGE_DOTENV },
                { "prod.env", LANGUAGE_DOTENV },
                { "application.properties", LANGUAGE_PROPERTIES },
                { ".aws/credentials", LANGUAGE_PROPERTIES },
                { "Dockerfile", LANGUAGE_SHELL },
                { "Makefile", LANGUAGE_SHELL },
                { "scripts/run.sh", LANGUAGE_SHELL },
                { "pom.xml", LANGUAGE_MARKUP },
                { "settings.py", LANGUAGE_SCRIPT },
                { "access.log.sample", LANGUAGE_TEXT },
                { "logo.png", LANGUAGE_OTHER },
                { "LICENSE", LANGUAGE_OTHER },
                { "", LANGUAGE_DOTENV }, /* standard input */
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (place_language_of(str_of(cases[i].path)) != cases[i].language)
                        fail_msg("%s: %d", cases[i].path, place_language_of(str_of(cases[i].path)));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kinds_are_told_by_folders_and_names),
                cmocka_unit_test(languages_are_told_by_endings_and_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
