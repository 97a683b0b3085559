package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With a file in place of the device: what goes in by one write comes out by one read behind it.
 */
class KernelTpmTest {
  @TempDir Path directory;

  @Test
  void writesTheCommandAndReadsTheResponse() throws Exception {
    byte[] command = HexFormat.of().parseHex("80010000000c000001440000");
    byte[] response = HexFormat.of().parseHex("80010000000a00000100");
    Path device = directory.resolve("tpmrm0");
    byte[] both = new byte[command.length + response.length];
    System.arraycopy(response, 0, both, command.length, response.length);
    Files.write(device, both);
    try (Tpm.Conversation conversation = new KernelTpm(device).open()) {
      assertArrayEquals(response, conversation.transmit(command));
    }
    byte[] after = Files.readAllBytes(device);
    assertArrayEquals(command, java.util.Arrays.copyOf(after, command.length));
  }

  @Test
  void saysThatADeviceGaveNoResponse() throws Exception {
    Path device = directory.resolve("tpmrm0");
    Files.createFile(device);
    try (Tpm.Conversation conversation = new KernelTpm(device).open()) {
      assertThrows(IOException.class, () -> conversation.transmit(new byte[10]));
    }
  }

  @Test
  void saysThatThereIsNoDevice() {
    assertThrows(
        NoSuchFileException.class, () -> new KernelTpm(directory.resolve("tpmrm0")).open());
  }
}
