package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir Path folder;

  @Test
  void readsAllOfItUpToItsLimit() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "sesame");
    assertEquals(Secret.copyOf("sesame".getBytes()), SecretFile.read(file, 6));
    assertEquals(Secret.copyOf("sesame".getBytes()), SecretFile.read(file, 4096));
  }

  @Test
  void refusesALongerOneAndRepeatsNothingOfIt() throws IOException {
    Path file = Files.writeString(folder.resolve("key"), "sesame");
    IOException e = assertThrows(IOException.class, () -> SecretFile.read(file, 5));
    assertTrue(e.getMessage().endsWith("is larger than 5 bytes"), e.getMessage());
    assertFalse(e.getMessage().contains("sesam"), e.getMessage());
  }

  @Test
  void saysThatThereIsNone() {
    assertThrows(NoSuchFileException.class, () -> SecretFile.read(folder.resolve("none"), 5));
  }
}
