package dev.asterism.crypto;

import java.security.SecureRandom;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** bcrypt in its text form, {@code $2b$10$…}. */
public final class Bcrypt {
  /** Bcrypt ignores every byte behind this one. */
  public static final int MAX_SECRET = 72;

  private static final int MIN_COST = 4;

  /** Some seconds; the cost comes from the host, who could otherwise ask for days. */
  private static final int MAX_COST = 16;

  private static final Pattern FORM =
      Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");

  private Bcrypt() {}

  /** Whether this has the form of a hash that {@link #matches} would try. */
  public static boolean isHash(String text) {
    return FORM.matcher(text).matches();
  }

  /**
   * Tells whether {@code hash} was made from {@code candidate}; takes the same time wherever they
   * differ.
   *
   * @return false also for a malformed hash, a cost above 16, and a candidate that is empty or of
   *     which the hash covers only the first {@link #MAX_SECRET} bytes
   */
  public static boolean matches(String hash, Secret candidate) {
    if (!isHash(hash) || candidate.length() == 0 || candidate.length() > MAX_SECRET) {
      return false;
    }
    return candidate.use(secret -> OpenBSDBCrypt.checkPassword(hash, secret));
  }

  /**
   * Hashes a secret with a random salt, version {@code 2b}.
   *
   * @param secret 1 to {@link #MAX_SECRET} bytes
   * @param cost 4 to 16; the work doubles with each step, 10 takes some 50 ms
   */
  public static String hash(Secret secret, int cost, SecureRandom random) {
    if (secret.length() == 0 || secret.length() > MAX_SECRET) {
      throw new IllegalArgumentException("bcrypt takes 1 to " + MAX_SECRET + " bytes");
    }
    if (cost < MIN_COST || cost > MAX_COST) {
      throw new IllegalArgumentException("bcrypt's cost is " + MIN_COST + " to " + MAX_COST);
    }
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    return secret.use(password -> OpenBSDBCrypt.generate("2b", password, salt, cost));
  }
}
