package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BcryptTest {
  /** From the test suite of crypt_blowfish, by the author of the {@code $2b$} format. */
  private static final String KNOWN =
      "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

  @Test
  void matchesTheSecretThatAnotherImplementationHashed() {
    assertTrue(Bcrypt.matches(KNOWN, secret("U*U")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"U*V", "U*", "U*U*", "u*u"})
  void refusesAnyOtherSecret(String candidate) {
    assertFalse(Bcrypt.matches(KNOWN, secret(candidate)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2a", "2b", "2y"})
  void readsEveryVersionThatIsComputedAlike(String version) {
    assertTrue(Bcrypt.matches(KNOWN.replace("2a", version), secret("U*U")));
  }

  @Test
  void matchesWhatItHashedItself() {
    String hash = Bcrypt.hash(secret("an init secret"), 4, new SecureRandom());
    assertTrue(hash.startsWith("$2b$04$"), "version and cost");
    assertEquals(60, hash.length());
    assertTrue(Bcrypt.matches(hash, secret("an init secret")));
    assertFalse(Bcrypt.matches(hash, secret("an init secreT")));
  }

  @Test
  void saltsEachHash() {
    var random = new SecureRandom();
    assertNotEquals(Bcrypt.hash(secret("one"), 4, random), Bcrypt.hash(secret("one"), 4, random));
  }

  @Test
  void takesSecretsWithAnyByteAndUpToTheLastThatCounts() {
    byte[] bytes = new byte[Bcrypt.MAX_SECRET];
    bytes[0] = (byte) 0xff;
    bytes[Bcrypt.MAX_SECRET - 1] = 1;
    String hash = Bcrypt.hash(Secret.copyOf(bytes), 4, new SecureRandom());
    assertTrue(Bcrypt.matches(hash, Secret.copyOf(bytes)));
    bytes[Bcrypt.MAX_SECRET - 1] = 2;
    assertFalse(Bcrypt.matches(hash, Secret.copyOf(bytes)));
  }

  @Test
  void refusesASecretOfWhichTheHashCoversOnlyAPart() {
    byte[] whole = new byte[Bcrypt.MAX_SECRET];
    String hash = Bcrypt.hash(Secret.copyOf(whole), 4, new SecureRandom());
    assertFalse(Bcrypt.matches(hash, Secret.copyOf(new byte[Bcrypt.MAX_SECRET + 1])));
  }

  @Test
  void refusesTheEmptySecretEvenWhereItWasHashed() {
    // The empty string, hashed elsewhere.
    String hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy";
    assertFalse(Bcrypt.matches(hash, secret("")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "U*U",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$17$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC!E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$ZZZZZZZZZZZZZZZZZZZZZZE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
      })
  void aMalformedHashMatchesNothing(String hash) {
    assertFalse(Bcrypt.matches(hash, secret("U*U")));
  }

  @Test
  void aHashWithALineBehindItMatchesNothing() {
    assertFalse(Bcrypt.matches(KNOWN + "\n", secret("U*U")));
  }

  @Test
  void refusesToHashWhatItCouldNotTellApartLater() {
    var random = new SecureRandom();
    Secret empty = secret("");
    Secret tooLong = Secret.copyOf(new byte[Bcrypt.MAX_SECRET + 1]);
    assertThrows(IllegalArgumentException.class, () -> Bcrypt.hash(empty, 4, random));
    assertThrows(IllegalArgumentException.class, () -> Bcrypt.hash(tooLong, 4, random));
    for (int cost : new int[] {3, 17}) {
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> Bcrypt.hash(secret("x"), cost, random));
      assertEquals("bcrypt's cost is 4 to 16", e.getMessage());
    }
  }

  private static Secret secret(String text) {
    return Secret.copyOf(Bytes.ofUtf8(text));
  }
}
