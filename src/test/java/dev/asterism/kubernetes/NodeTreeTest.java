package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeTreeTest {
  @TempDir private Path root;

  @BeforeEach
  void links() throws Exception {
    Files.createDirectories(root.resolve("a/b"));
    link("a/absolute", "/x/y");
    link("a/relative", "../z");
    link("a/over", "../../../../etc");
    link("a/two", "absolute/more");
    link("a/here", "./b/.");
    link("a/root", "/");
    link("loop", "/loop");
  }

  private void link(String from, String to) throws Exception {
    Files.createSymbolicLink(root.resolve(from), Path.of(to));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b/c, /a/b/c",
    "//a/./b//c/, /a/b/c",
    "/not/there, /not/there",
    "/a/absolute, /x/y",
    "/a/absolute/q, /x/y/q",
    "/a/relative/q, /z/q",
    "/a/over/passwd, /etc/passwd",
    "/a/two/q, /x/y/more/q",
    "/a/here/q, /a/b/q",
    "/a/root/q, /q",
  })
  void saysWhereAPathLeads(String path, String canonical) throws Exception {
    assertEquals(Path.of(canonical), new NodeTree(root).canonical("path", path));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/../b, climbs",
    "/.., climbs",
    "/, names no file",
    "/./, names no file",
    "a, not an absolute",
    "'', not an absolute",
    "/loop, too many links",
  })
  void refusesWhatIsNoPath(String path, String complaint) {
    var e =
        assertThrows(MalformedException.class, () -> new NodeTree(root).canonical("path", path));
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }

  @Test
  void refusesControlCharacters() {
    assertThrows(MalformedException.class, () -> NodeTree.absolute("path", "/a\0b"));
    assertThrows(MalformedException.class, () -> NodeTree.absolute("path", "/a\nb"));
  }
}
