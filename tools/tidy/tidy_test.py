#!/usr/bin/env python3
"""Tests of tidy on small trees, each with one fault."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import cpp_text
import object_rules
import tidy


class TreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("src/audio/README.md", "Audio.\n")
        self.write("src/audio/CMakeLists.txt", "add_library(audio mixer.cc mixer_test.cc)\n")
        self.write("src/audio/mixer.h", "#pragma once\n#include \"base/status.h\"\n")
        self.write("src/audio/mixer.cc", "#include \"audio/mixer.h\"\nint Mix() { return 1; }\n")
        self.write("src/audio/mixer_test.cc", "#include \"audio/mixer.h\"\n")

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def rules(self) -> list[str]:
        return [problem.split(":")[0] for problem in tidy.check_tree(self.root)[0]]

    def test_clean_tree(self):
        self.assertEqual(tidy.check_tree(self.root), ([], []))

    def test_include_of_higher_layer(self):
        self.write("src/audio/mixer.h", "#pragma once\n#include \"engine/recognizer.h\"\n")
        self.assertEqual(self.rules(), ["layer"])

    def test_include_of_sibling(self):
        self.write("src/audio/mixer.h", "#pragma once\n#include \"kernels/linear/linear.h\"\n")
        self.assertEqual(self.rules(), ["layer"])

    def test_include_that_is_commented_out_is_still_no_excuse_for_a_real_one(self):
        self.write("src/audio/mixer.h", "#pragma once\n// \"engine/recognizer.h\" is above us\n")
        self.assertEqual(self.rules(), [])

    def test_include_not_from_src(self):
        self.write("src/audio/mixer.cc", "#include \"mixer.h\"\n")
        self.assertEqual(self.rules(), ["include"])

    def test_unknown_folder(self):
        self.write("src/gadgets/README.md", "Gadgets.\n")
        self.write("src/gadgets/gadget.h", "#pragma once\n")
        self.assertEqual(self.rules(), ["layer"])

    def test_family_includes_another_family(self):
        self.write("src/models/kaldi/README.md", "Kaldi.\n")
        self.write("src/models/kaldi/kaldi.h", "#pragma once\n#include \"models/whisper/a.h\"\n"
                                               "#include \"models/model.h\"\n")
        self.assertEqual(self.rules(), ["layer"])

    def test_json_library_in_header(self):
        self.write("src/audio/mixer.h", "#pragma once\n#include <nlohmann/json.hpp>\n")
        self.assertEqual(self.rules(), ["include"])

    def test_file_too_long(self):
        self.write("src/audio/mixer.cc", "// A line.\n" * 501)
        self.assertEqual(self.rules(), ["file-length"])

    def test_tables_may_be_long(self):
        self.write("src/audio/CMakeLists.txt", "mixer.cc mixer_test.cc gain_table.cc\n")
        self.write("src/audio/gain_table.cc", "// A line.\n" * 5000)
        self.assertEqual(self.rules(), [])

    def test_function_too_long(self):
        self.write("src/audio/mixer.cc", "int Mix() {\n" + "  Step();\n" * 69 + "}\n")
        self.assertEqual(self.rules(), ["function-length"])
        self.write("src/audio/mixer.cc", "int Mix() {\n" + "  Step();\n" * 68 + "}\n")
        self.assertEqual(self.rules(), [])

    def test_banned_file_name(self):
        self.write("src/audio/CMakeLists.txt", "mixer.cc mixer_test.cc audio_utils.cc\n")
        self.write("src/audio/audio_utils.cc", "\n")
        self.assertEqual(self.rules(), ["name"])

    def test_banned_calls(self):
        for call in ("std::getenv(\"A\")", "exit(1)", "_exit(1)", "std::abort()", "rand()",
                     "std::cout << 1", "std::random_device{}", "throw 1"):
            with self.subTest(call):
                self.write("src/audio/mixer.cc", f"void Mix() {{ {call}; }}\n")
                self.assertEqual(self.rules(), ["call"])

    def test_banned_words_in_comments_strings_and_longer_names(self):
        self.write("src/audio/mixer.cc", "// never throw or exit(1)\nvoid Mix() { OnExit(1); "
                                         "Log(\"abort()\"); on_exit(1); }\n")
        self.assertEqual(self.rules(), [])

    def test_todo_without_issue(self):
        self.write("src/audio/mixer.h", "#pragma once\n// TODO: make it loud\n")
        self.assertEqual(self.rules(), ["todo"])
        self.write("src/audio/mixer.h", "#pragma once\n// TODO(#12): make it loud\n")
        self.assertEqual(self.rules(), [])

    def test_header_without_guard(self):
        self.write("src/audio/mixer.h", "int Mix();\n")
        self.assertEqual(self.rules(), ["header"])

    def test_folder_without_readme(self):
        (self.root / "src/audio/README.md").unlink()
        self.assertEqual(self.rules(), ["readme"])

    def test_source_that_no_build_rule_names(self):
        self.write("src/audio/forgotten.cc", "\n")
        self.assertEqual(self.rules(), ["orphan"])

    def test_source_named_through_a_variable(self):
        self.write("src/audio/CMakeLists.txt", "mixer.cc mixer_test.cc gain_${level}.cc\n")
        self.write("src/audio/gain_avx2.cc", "\n")
        self.assertEqual(self.rules(), [])

    def test_machine_path(self):
        self.write("src/audio/README.md", "See " + "/home" + "/joe/notes.\n")
        self.assertEqual(self.rules(), ["machine-path"])

    def test_folder_without_tests_is_a_warning(self):
        (self.root / "src/audio/mixer_test.cc").unlink()
        self.assertEqual(tidy.check_tree(self.root), ([], ["src/audio/mixer.cc"]))

    def test_allowed_exception(self):
        self.write("src/audio/mixer.cc", "void Mix() { std::abort(); }\n")
        self.write("tools/tidy/allow.txt", "limit 1\ncall src/audio/mixer.cc it must\n")
        self.assertEqual(self.rules(), [])

    def test_allow_list_shrinks_only(self):
        self.write("tools/tidy/allow.txt", "limit 1\ncall src/audio/mixer.cc no longer true\n")
        self.assertEqual(self.rules(), ["allow"])
        self.write("src/audio/mixer.cc", "void Mix() { std::abort(); }\n")
        self.write("tools/tidy/allow.txt", "limit 0\ncall src/audio/mixer.cc it must\n")
        self.assertEqual(self.rules(), ["allow"])
        self.write("tools/tidy/allow.txt", "limit 1\ncall src/audio/mixer.cc\n")
        self.assertEqual(self.rules(), ["allow", "call"])


class FunctionScannerTest(unittest.TestCase):
    def names(self, text: str) -> list[tuple[int, int]]:
        return [(first, lines) for first, lines, _ in cpp_text.functions(text)]

    def test_nested_scopes_and_initialisers(self):
        text = """namespace a {
class B : public C {
 public:
  B(int x)
      : x_{x}, y_(2) {
    Use(x);
  }
  int x() const { return x_; }
 private:
  int x_{0};
};
const int kTable[] = {1, 2, 3};
template <typename T>
auto F(T t) -> int {
  if (t) {
    return 1;
  }
  return 2;
}
}  // namespace a
"""
        self.assertEqual(self.names(text), [(4, 4), (8, 1), (13, 7)])

    def test_literals_with_braces(self):
        text = """void F() {
  Use("{", '{', R"x({{{)x", 1'000);  // {
}
void G() {
}
"""
        self.assertEqual(self.names(text), [(1, 3), (4, 2)])


class ObjectTest(unittest.TestCase):
    def compile(self, folder: pathlib.Path, source: str) -> pathlib.Path:
        compiler = shutil.which("c++") or shutil.which("g++")
        if compiler is None:
            self.skipTest("no C++ compiler found")
        (folder / "mix_avx2.cc").write_text(source)
        path = folder / "mix_avx2.cc.o"
        subprocess.run([compiler, "-c", folder / "mix_avx2.cc", "-o", path], check=True)
        return path

    def test_inline_function_is_found(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            path = self.compile(folder, "inline int F() { return 1; }\nint G() { return F(); }\n")
            self.assertEqual(object_rules.level_objects(folder), [path])
            self.assertEqual([rule for rule, _ in object_rules.check(path)], ["weak-symbol"])

    def test_internal_function_passes(self):
        with tempfile.TemporaryDirectory() as name:
            path = self.compile(pathlib.Path(name),
                                "static int F() { return 1; }\nint G() { return F(); }\n")
            self.assertEqual(object_rules.check(path), [])

    def test_nothing_to_check_is_a_finding(self):
        with tempfile.TemporaryDirectory() as name:
            self.assertEqual(len(tidy.check_objects(pathlib.Path(name))), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
