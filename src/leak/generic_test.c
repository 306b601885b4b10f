/* Credentials under their names, language by language. V stands for a value that is drawn at
 * random, so that none stands here; W for a word that only a password's name makes a secret. */
#include "leak/generic.h"

#include "base/buf.h"
#include "data/digest.h"
#include "leak/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void stop_when_full(struct arena_budget *budget UNUSED, size_t wanted UNUSED) {
        abort();
}

static struct arena_budget budget = { .ceiling = 512 << 20, .on_full = stop_when_full };

static const char drawn[] = "q7Rz"
                            "T9wK"
                            "m2Xc"
                            "V5bN";
static const char word[] = "hunt"
                           "er22";

struct found {
        struct arena *arena;
        struct buf text; /* KIND:LINE:VALUE of each */
        struct str source;
};

static void note(void *ctx, const struct generic_candidate *candidate) {
        static const char *const kinds[] = { "assignment", "url", "dsn", "derived" };
        struct found *found = ctx;

        assert_true(candidate->offset + candidate->written <= found->source.len);
        buf_printf(&found->text, "%s:%u:%.*s;", kinds[candidate->kind], candidate->line,
                   STR_ARG(candidate->value));
}

/* The text with the values put in for @V and @W. */
static struct str filled(struct arena *arena, const char *template) {
        struct buf buf = buf_make(arena);

        for (const char *at = template; *at; at++) {
                if (at[0] == '@' && (at[1] == 'V' || at[1] == 'W'))
                        buf_add(&buf, str_of(*++at == 'V' ? drawn : word));
                else
                        buf_add_char(&buf, *at);
        }
        return buf_str(&buf);
}

static struct str scan(struct arena *arena, const char *path, struct str source) {
        struct found found = { .arena = arena, .text = buf_make(arena), .source = source };

        generic_scan(arena, str_of(path), source, UINT64_MAX, note, &found);
        return buf_str(&found.text);
}

struct case_of_text {
        const char *path, *text;
        const char *want; /* KIND:LINE:VALUE; of each */
};

static bool note_bit(void *ctx, unsigned expression, size_t end UNUSED) {
        uint64_t *triggers = ctx;

        *triggers |= (uint64_t)1 << expression;
        return true;
}

static struct database *make_database(void) {
        bool left_out[64];
        struct database *database;
        struct err err;

        assert_true(generic_trigger_count <= COUNT_OF(left_out));
        assert_true(database_compile(generic_triggers, generic_trigger_count, left_out, &database,
                                     &err));
        for (size_t i = 0; i < generic_trigger_count; i++)
                if (left_out[i])
                        fail_msg("%.*s", STR_ARG(generic_triggers[i]));
        return database;
}

/* A text with a candidate is one that the first stage lets through. */
static void require_trigger(const struct database *database, const char *path, struct str text) {
        struct database_scratch *scratch = database_scratch_open(database);
        uint64_t triggers = 0;

        assert_true(database_scan(database, scratch, text, note_bit, &triggers));
        if (!generic_wants(str_of(path), triggers))
                fail_msg("%s: no trigger in %.*s", path, STR_ARG(text));
        database_scratch_close(&scratch);
}

static void check(const struct case_of_text *cases, size_t count) {
        struct database *database = make_database();

        for (size_t i = 0; i < count; i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str got = scan(&arena, cases[i].path, filled(&arena, cases[i].text));

                if (!str_eq(got, filled(&arena, cases[i].want)))
                        fail_msg("%s: %s\n gave %.*s", cases[i].path, cases[i].text, STR_ARG(got));
                require_trigger(database, cases[i].path, filled(&arena, cases[i].text));
        }
        database_close(&database);
}

static void go_is_read_by_its_tokens(void **state UNUSED) {
        static const struct case_of_text cases[] = {
                { "a.go", "password := \"@W\"", "assignment:1:@W;" },
                { "a.go", "\npassword = `@W`", "assignment:2:@W;" },
                { "a.go", "const dbPassword string = /* old */ \"@W\"", "assignment:1:@W;" },
                { "a.go", "const (\n\ta = 1\n\tapiKey = \"@V\"\n)", "assignment:3:@V;" },
                { "a.go", "var user, password string = \"u\", \"@W\"", "assignment:1:@W;" },
                { "a.go", "var token = // new\n\t\"@V\"", "assignment:2:@V;" },
                { "a.go", "c := Config{User: \"u\", Password: \"@W\"}", "assignment:1:@W;" },
                { "a.go", "c.Auth.Password = \"@W\"", "assignment:1:@W;" },
                { "a.go", "m := map[string]string{\"password\": \"@W\"}", "assignment:1:@W;" },
                { "a.go", "m[\"password\"] = \"@W\"", "assignment:1:@W;" },
                { "a.go", "key := []byte(\"@V\")", "assignment:1:@V;" },
                { "a.go", "c.Token = aws.String(\"@V\")", "assignment:1:@V;" },
                { "a.go", "c.Token = aws.StringPtr(\"@V\")", "assignment:1:@V;" },
                { "a.go", "os.Setenv(\"DB_PASSWORD\", \"@W\")", "assignment:1:@W;" },
                { "a.go", "p := flag.String(\"password\", \"@W\", \"of the user\")",
                  "assignment:1:@W;" },
                { "a.go", "f.StringVarP(&p, \"password\", \"p\", \"@W\", \"of the user\")",
                  "assignment:1:@W;" },
                { "a.go", "r.SetBasicAuth(\"bob\", \"@W\")", "assignment:1:@W;" },
                { "a.go", "smtp.PlainAuth(\"\", \"bob\", \"@W\", \"h\")", "assignment:1:@W;" },
                { "a.go", "d.Dial(WithPassword(\"@W\"))", "assignment:1:@W;" },
                { "a.go", "if password == \"@W\" {", "assignment:1:@W;" },
                { "a.go", "if \"@W\" != r.Password {", "assignment:1:@W;" },
                { "a.go", "func (c C) Password() string {\n\treturn \"@W\"\n}",
                  "assignment:2:@W;" },
                { "a.go", "e := Env{Name: \"DB_PASSWORD\", Value: \"@W\"}", "assignment:1:@W;" },
                { "a.go", "db := open(\"bob:@W@tcp(10.0.0.1:3306)/pay\")", "dsn:1:@W;" },
                { "a.go", "u := \"postgres://bob:@W@db.internal/pay\"", "url:1:@W;" },
                { "a.go", "// see http://bob:@W@db.internal:9200", "url:1:@W;" },
                { "a.go", "s := \"host=db user=bob password=@W dbname=pay\"", "dsn:1:@W;" },
                { "a.go", "h := \"Bearer @V\"", "assignment:1:@V;" },
                { "a.go", "a := \"gh\" +\n\t\"p_\" + // on\n\t\"abc\"", "derived:1:ghp_abc;" },
                { "a.go", "token := \"q7RzT9wK\" +\n\t\"m2XcV5bN\"",
                  "assignment:1:@V;derived:1:@V;" },
                { "a.go", "s := x + \"abc\" + \"def\"", "derived:1:abcdef;" },
        };

        check(cases, COUNT_OF(cases));
}

static void go_that_only_speaks_of_secrets_is_quiet(void **state UNUSED) {
        static const char *const texts[] = {
                "passwordField := \"user_password\"",
                "tokenHeader = \"X-Api-Token\"",
                "secretName := \"pay-db-credentials\"",
                "tokenPath = \"/var/run/secrets/token\"",
                "tokenURL := \"https://example.com/oauth/token\"",
                "passwordHint = \"the name of your cat\"",
                "passwordRegex = \"^[A-Z]+$\"",
                "type T struct {\n\tPassword string `json:\"password\" gorm:\"size:64\"`\n}",
                "switch kind {\ncase \"password\", \"hunter22\":\n}",
                "// password = \"hunter22\"",
                "/* password: \"hunter22\" */",
                "err = errors.New(\"password is wrong\")",
                "ErrPassword = \"the password does not match\"",
                "password = os.Getenv(\"DB_PASSWORD\")",
                "password = r.FormValue(\"password\")",
                "fmt.Printf(\"password=%s token=%s\\n\", p, t)",
                "q := \"SELECT password FROM users WHERE token = ?\"",
                "const passwordEnv = \"PAY_DB_PASSWORD\"",
                "key := \"app.secret.key\"",
                "m := map[string]string{\"token\": \"access_token\"}",
                "password := \"changeme\"",
                "password := \"your password\"",
                "password := \"please enter your password here, thank you\"",
                "id := \"1f0c5b9e-7a3d-4c62-9b1e-5d8f2a7c6e04\"",
                "commit := \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\"",
                "db.Select(\"password\", \"email1\")",
                "rows := []string{\"id\", \"password\", \"mobile1\"}",
                "strings.ReplaceAll(s, \"password\", \"hunter22\")",
                "dsn := \"user:password@tcp(localhost:3306)/db\"",
                "u := \"postgres://user:password@localhost/db\"",
                "u := \"https://%s:%s@host/\"",
                "s := \"a,\" + b",
                "var password string",
                "password = \"\"",
        };

        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str got = scan(&arena, "a.go", str_of(texts[i]));

                if (got.len)
                        fail_msg("%s\n gave %.*s", texts[i], STR_ARG(got));
        }
}

static void configuration_is_read_line_by_line(void **state UNUSED) {
        static const struct case_of_text cases[] = {
                { ".env", "# a\nexport DB_PASSWORD=@W # note", "assignment:2:@W;" },
                { ".env", "DATABASE_URL=mysql://bob:@W@db.internal/pay", "url:1:@W;" },
                { "a.yaml", "db:\n  password: @W\n", "assignment:2:@W;" },
                { "a.yaml", "db:\n  - password: '@W'\n", "assignment:2:@W;" },
                { "a.yaml", "env:\n- name: DB_PASSWORD\n  value: @W\n", "assignment:3:@W;" },
                { "a.yaml", "stringData:\n  password: @W\n", "assignment:2:@W;" },
                { "a.json", "{\"a\":{\"password\":\"@W\",\"b\":1}}", "assignment:1:@W;" },
                { "a.json", "{\"name\":\"DB_PASSWORD\",\"value\":\"@W\"}", "assignment:1:@W;" },
                { "a.toml", "[db]\npassword = \"@W\"", "assignment:2:@W;" },
                { "a.tf", "variable \"a\" {}\ndb_password = \"@W\"", "assignment:2:@W;" },
                { "a.properties", "spring.datasource.password=@W", "assignment:1:@W;" },
                { "a.ini", "; old\nPassword = @W", "assignment:2:@W;" },
                { "a.sh", "export API_TOKEN='@V'", "assignment:1:@V;" },
                { "a.sh", "curl -u bob:@W https://x", "assignment:1:@W;" },
                { "a.sh", "mysql -h db -p@W pay", "assignment:1:@W;" },
                { "a.sh", "tool --password @W", "assignment:1:@W;" },
                { "a.sql", "CREATE USER bob IDENTIFIED BY '@W';", "assignment:1:@W;" },
                { "a.py", "PASSWORD = '@W'", "assignment:1:@W;" },
                { "a.ts", "const apiKey: string = \"@V\";", "assignment:1:@V;" },
                { "a.php", "define('DB_PASSWORD', '@W');", "assignment:1:@W;" },
                { "a.rb", "{ :password => '@W' }", "assignment:1:@W;" },
                { "a.xml", "<db><password>@W</password></db>", "assignment:1:@W;" },
                { "a.xml", "<add key=\"ApiKey\" value=\"@V\"/>", "assignment:1:@V;" },
                { ".netrc", "machine h login bob password @W", "assignment:1:@W;" },
                { ".pgpass", "h:5432:db:bob:@W", "assignment:1:@W;" },
        };

        check(cases, COUNT_OF(cases));
}

static void configuration_without_secrets_is_quiet(void **state UNUSED) {
        static const struct {
                const char *path, *text;
        } cases[] = {
                { ".env", "DB_PASSWORD=${VAULT_DB_PASSWORD}" },
                { ".env", "# DB_PASSWORD=hunter22" },
                { "a.yaml", "password: {{ .Values.db.password }}" },
                { "a.yaml", "password: *default1" },
                { "a.yaml", "secretName: pay-db-secret1" },
                { "a.yaml", "token: ${{ secrets.GITHUB_TOKEN }}" },
                { "a.yaml", "passwordSecretRef: !Ref Db1" },
                { "a.yaml",
                  "image: a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15" },
                { "locales/de.json",
                  "{\"password\": \"Passwort\", \"token\": \"Zugriffsschluessel\"}" },
                { "web/i18n/zh-CN.json", "{\"password\": \"请输入密码\"}" },
                { "zh.yaml", "password: mima" },
                { "a.json", "{\"password\": \"string\"}" },
                { "a.js", "const token = getToken('abc123def')" },
                { "a.js", "input.type = showPassword ? 'text' : 'password'" },
                { "a.html", "<input type=\"password\" name=\"password\" title=\"Password1\">" },
                { "a.sh", "PASSWORD=$(pass show db)" },
                { "go.sum", "password=hunter22" },
                { "vendor/a/a.go", "package a\nvar password = \"hunter22\"" },
                { "a.png", "password=hunter22" },
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                AUTO_ARENA arena = arena_make(&budget);
                struct str got = scan(&arena, cases[i].path, str_of(cases[i].text));

                if (got.len)
                        fail_msg("%s: %s\n gave %.*s", cases[i].path, cases[i].text, STR_ARG(got));
        }
}

static void base64_is_decoded_where_it_is_one(void **state UNUSED) {
        AUTO_ARENA arena = arena_make(&budget);
        struct str coded = base64_encode(&arena, str_of(word));
        struct str login = base64_encode(&arena, str_fmt(&arena, "bob:%s", word));
        struct str secret = str_fmt(&arena,
                                    "kind: Secret\ndata:\n  password: %.*s\n  user: Ym9i\n"
                                    "stringData:\n  token: %s\n",
                                    STR_ARG(coded), drawn);
        struct str json = str_fmt(&arena, "{\"kind\":\"Secret\",\"data\":{\"password\":\"%.*s\"}}",
                                  STR_ARG(coded));
        struct str docker =
                str_fmt(&arena, "{\"auths\":{\"h\":{\"auth\":\"%.*s\"}}}", STR_ARG(login));

        assert_true(str_eq(scan(&arena, "a.yaml", secret),
                           str_fmt(&arena,
                                   "assignment:3:%s;derived:3:%s;derived:4:bob;"
                                   "assignment:6:%s;",
                                   word, word, drawn)));
        assert_true(str_eq(scan(&arena, "a.json", json),
                           str_fmt(&arena, "assignment:1:%s;derived:1:%s;", word, word)));
        assert_true(str_eq(
                scan(&arena, "config.json", docker),
                str_fmt(&arena, "assignment:1:%.*s;derived:1:bob:%s;", STR_ARG(login), word)));
        assert_true(str_eq(scan(&arena, "a.yaml",
                                str_fmt(&arena, "password: %.*s",
                                        STR_ARG(base64_encode(&arena, STR("password"))))),
                           STR_NONE));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(go_is_read_by_its_tokens),
                cmocka_unit_test(go_that_only_speaks_of_secrets_is_quiet),
                cmocka_unit_test(configuration_is_read_line_by_line),
                cmocka_unit_test(configuration_without_secrets_is_quiet),
                cmocka_unit_test(base64_is_decoded_where_it_is_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
