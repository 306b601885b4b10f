/* What is never listed. Values that could be secrets are spelled in two halves. */
#include "leak/quiet.h"

#include "leak/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void placeholders_are_known(void **state UNUSED) {
        static const char *const values[] = {
                "",
                "${DB_PASSWORD}",
                "$DB_PASSWORD",
                "$(cat /run/secrets/db)",
                "{{ .Values.password }}",
                "${{ secrets.DEPLOY_TOKEN }}",
                "<your-key>",
                "<%= ENV['X'] %>",
                "%PASSWORD%",
                "__PASSWORD__",
                "changeme",
                "change-me",
                "CHANGE_ME",
                "password",
                "Passw0rd",
                "P@ssw0rd!",
                "your-api-key-here",
                "my_secret_token",
                "example",
                "xxxx",
                "xxxxxxxxxxxxxxxxxxxx",
                "****",
                "........",
                "ghp_"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "AKIAIOSFODNN7"
                "EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCY"
                "EXAMPLEKEY",
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
                "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
                "0123456789abcdef",
                "aaaaaaaa",
                "null",
                "REDACTED",
                "not-a-real-token",
                "todo",
        };

        for (size_t i = 0; i < COUNT_OF(values); i++)
                if (!quiet_is_placeholder(str_of(values[i])))
                        fail_msg("%s", values[i]);
}

static void what_a_provider_makes_is_no_placeholder(void **state UNUSED) {
        static const char *const values[] = {
                "ghp_"
                "k3vQ9xZb7LmT2wRfYc8HsJd4NpUa6E1gK0oi",
                "AKIA"
                "Q3EGRBT7XVWKZ2LM",
                "sk_live_"
                "9fJ2kLx7QwErTy4UiOpAsDfG",
                "b3BlbnNzaC1rZXktdjEAAAAA"
                "BG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz",
                "hunter22",
                "kafka",
                "S3cure"
                "-Zr9!",
                "Tr0ub4dor"
                "&3",
        };

        for (size_t i = 0; i < COUNT_OF(values); i++)
                if (quiet_is_placeholder(str_of(values[i])))
                        fail_msg("%s", values[i]);
}

static void what_is_no_secret_is_known(void **state UNUSED) {
        static const char *const values[] = {
                "1f0c5b9e-7a3d-4c62-9b1e-5d8f2a7c6e04", /* a UUID */
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "nginx"
                "@sha256:"
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "sha512-Nn3vFQ0xJ8yK",
                "h1:0hERBMJE1eitiLkihrMvRVBYAkpHzc/J3QdDN+dAcgU=",
                "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg",
                "https://example.com/oauth/token",
                "/etc/ssl/private/server.key",
                "./certs/server.pem",
                "server-key.pem",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----",
                "DB_PASSWORD",
                "app.secret.key",
                "access-token",
                "v1.22.3",
                "2024-05-06T07:08:09Z",
                "请输入密码",
                "Passwort vergessen\xc3\xbc",
                "user name is %s",
                "^[a-z]+$",
                "SELECT password FROM users",
                "ops@example.com",
                "$2a$10$N9qo8uLOickgx2ZMRZoMye",
                "arn:aws:kms:eu-west-1:111122223333:key/a",
                "os.environ['TOKEN']",
        };

        for (size_t i = 0; i < COUNT_OF(values); i++)
                if (!quiet_is_no_secret(STR("label"), str_of(values[i])))
                        fail_msg("%s", values[i]);
        assert_false(quiet_is_no_secret(STR("apiToken"), STR("1f0c5b9e-7a3d-4c62-"
                                                             "9b1e-5d8f2a7c6e04")));
        assert_true(quiet_is_no_secret(STR("requestID"), STR("1f0c5b9e-7a3d-4c62-"
                                                             "9b1e-5d8f2a7c6e04")));
        assert_true(quiet_is_no_secret(STR("token"), STR("550e8400-e29b-41d4-a716-446655440000")));
        assert_false(quiet_is_no_secret(STR("token"), STR("7f9cc25de23d"
                                                          "1a255720b0ae")));
}

static void names_are_judged_by_their_last_word(void **state UNUSED) {
        static const struct {
                const char *name;
                enum name_class class;
        } cases[] = {
                { "password", NAME_PASSWORD },
                { "DB_PASSWORD", NAME_PASSWORD },
                { "spring.datasource.password", NAME_PASSWORD },
                { "dbPasswd", NAME_PASSWORD },
                { "mysqlPwd", NAME_PASSWORD },
                { "redispassword", NAME_PASSWORD },
                { "PasswordProd", NAME_PASSWORD },
                { "TEST_PASSWORD", NAME_PASSWORD },
                { "clientSecret", NAME_SECRET },
                { "api-key", NAME_SECRET },
                { "APIKey", NAME_SECRET },
                { "aws_secret_access_key", NAME_SECRET },
                { "githubToken2", NAME_SECRET },
                { "jwtKey", NAME_SECRET },
                { "key", NAME_KEY },
                { "AUTH_SALT", NAME_KEY },
                { "session_id", NAME_SESSION },
                { "", NAME_NONE },
                { "PasswordKey", NAME_KEY },
                { "passwordField", NAME_NONE },
                { "TokenHeader", NAME_NONE },
                { "secretName", NAME_NONE },
                { "token_path", NAME_NONE },
                { "TOKEN_URL", NAME_NONE },
                { "passwordHint", NAME_NONE },
                { "passwordRegex", NAME_NONE },
                { "PASSWORD_FILE", NAME_NONE },
                { "publicKey", NAME_NONE },
                { "cacheKey", NAME_NONE },
                { "primary_key", NAME_NONE },
                { "nextPageToken", NAME_NONE },
                { "hasPassword", NAME_NONE },
                { "ErrInvalidToken", NAME_NONE },
                { "tests_pass", NAME_NONE },
                { "PWD", NAME_NONE },
                { "compass", NAME_NONE },
                { "bypass", NAME_NONE },
                { "tokenizer", NAME_NONE },
                { "monkey", NAME_NONE },
                { "author", NAME_NONE },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (name_class_of(str_of(cases[i].name)) != cases[i].class)
                        fail_msg("%s: %d", cases[i].name, name_class_of(str_of(cases[i].name)));
}

static void marks_allow_a_line(void **state UNUSED) {
        assert_true(quiet_line_is_allowed(STR("x := \"a\" // gitleaks:allow")));
        assert_true(quiet_line_is_allowed(STR("x: a # pragma: allowlist secret")));
        assert_true(quiet_line_is_allowed(STR("x = a ; trufflehog:ignore")));
        assert_false(quiet_line_is_allowed(STR("x = a # gitleaks: allowed")));
        assert_false(quiet_line_is_allowed(STR("")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(placeholders_are_known),
                cmocka_unit_test(what_a_provider_makes_is_no_placeholder),
                cmocka_unit_test(what_is_no_secret_is_known),
                cmocka_unit_test(names_are_judged_by_their_last_word),
                cmocka_unit_test(marks_allow_a_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
