package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
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
  void waitsWhileSomebodyElseHasTheDevice() throws Exception {
    Path device = directory.resolve("tpm0");
    Files.createFile(device);
    var tries = new AtomicInteger();
    KernelTpm.Opener opener =
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new FileSystemException("tpm0", null, "Device or resource busy");
          }
          return FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE);
        };
    new KernelTpm(device, opener, Duration.ofMinutes(1)).open().close();
    assertEquals(3, tries.get());
    tries.set(-100);
    var impatient = new KernelTpm(device, opener, Duration.ZERO);
    assertThrows(FileSystemException.class, impatient::open);
  }

  @Test
  void doesNotWaitForWhatItMayNotOpen() {
    var tries = new AtomicInteger();
    var tpm =
        new KernelTpm(
            directory,
            () -> {
              tries.incrementAndGet();
              throw new FileSystemException("tpm0", null, "Permission denied");
            },
            Duration.ofMinutes(1));
    assertThrows(FileSystemException.class, tpm::open);
    assertEquals(1, tries.get());
  }

  @Test
  void saysThatThereIsNoDevice() {
    assertThrows(
        NoSuchFileException.class, () -> new KernelTpm(directory.resolve("tpmrm0")).open());
  }
}
