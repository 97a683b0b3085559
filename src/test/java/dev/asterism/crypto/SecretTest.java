package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SecretTest {
  private static final byte[] KEY = {0x68, 0x75, 0x6e, 0x74, 0x65, 0x72, 0x32};

  @Test
  void showsNeitherBytesNorHashInText() {
    Secret secret = Secret.copyOf(KEY);
    assertEquals("Secret(7 bytes)", secret.toString());
    assertEquals(7, secret.hashCode());
    assertEquals(7, Secret.copyOf(new byte[7]).hashCode());
  }

  @Test
  void isZeroedOnCloseAndUnusableAfterwards() {
    byte[] owned = KEY.clone();
    Secret secret = Secret.takeOver(owned);
    secret.close();
    assertArrayEquals(new byte[7], owned);
    assertThrows(IllegalStateException.class, secret::expose);
    assertThrows(IllegalStateException.class, () -> secret.use(bytes -> bytes.length));
  }

  @Test
  void zeroesTheCopyThatItLends() {
    byte[][] lent = new byte[1][];
    Secret.copyOf(KEY)
        .use(bytes -> {
          assertArrayEquals(KEY, bytes);
          lent[0] = bytes;
          return true;
        });
    assertArrayEquals(new byte[7], lent[0]);
  }

  @Test
  void comparesByContentAndLength() {
    assertEquals(Secret.copyOf(KEY), Secret.copyOf(KEY));
    assertNotEquals(Secret.copyOf(KEY), Secret.copyOf(new byte[7]));
    assertFalse(Secret.copyOf(new byte[2]).equals(Secret.copyOf(new byte[3])));
    assertFalse(Secret.copyOf(KEY).equals((Object) "hunter2"));
  }
}
