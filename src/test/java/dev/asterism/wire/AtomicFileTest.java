package dev.asterism.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void replacesContentAndModeAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("deep/secret");
    AtomicFile.write(file, "one", AtomicFile.PUBLIC);
    assertEquals(AtomicFile.PUBLIC, Files.getPosixFilePermissions(file));
    AtomicFile.write(file, "two", AtomicFile.PRIVATE);
    assertEquals("two", Files.readString(file));
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
    try (var files = Files.list(file.getParent())) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void copiesAStreamToItsEnd() throws IOException {
    Path file = folder.resolve("copy");
    byte[] content = new byte[100_000];
    content[99_999] = 1;
    AtomicFile.copy(new ByteArrayInputStream(content), file, AtomicFile.PRIVATE);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
  }

  @Test
  void leavesTheOldFileWhereTheNewOneCannotBe() throws IOException {
    Path occupied = Files.createDirectories(folder.resolve("occupied/child")).getParent();
    assertThrows(IOException.class, () -> AtomicFile.write(occupied, "x", AtomicFile.PUBLIC));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void makesANewFileButNeverReplacesOne() throws IOException {
    Path file = folder.resolve("only-copy");
    AtomicFile.writeNew(file, new byte[] {'1'}, AtomicFile.PRIVATE);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> AtomicFile.writeNew(file, new byte[] {'2'}, AtomicFile.PRIVATE));
    assertEquals("1", Files.readString(file));
    assertEquals(AtomicFile.PRIVATE, Files.getPosixFilePermissions(file));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void refusesToReadMoreThanTheLimit() throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, "12345");
    assertEquals(5, AtomicFile.read(file, 5).length());
    assertThrows(IOException.class, () -> AtomicFile.read(file, 4));
  }
}
