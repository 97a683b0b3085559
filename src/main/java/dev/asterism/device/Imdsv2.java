package dev.asterism.device;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** The session tokens without which EC2's metadata service answers nothing (IMDSv2). */
public final class Imdsv2 {
  /** Where a PUT makes one. */
  public static final String TOKEN = "/latest/api/token";

  /** The headers of that PUT: it is for one minute. */
  public static final Map<String, String> ASKED =
      Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60");

  /** It goes into a header, and comes from the host. */
  private static final Pattern WORD = Pattern.compile("[!-~]{1,1024}");

  private Imdsv2() {}

  /**
   * The headers of every question of a session.
   *
   * @param answer the body that the PUT had
   * @throws MalformedException if that is no token
   */
  public static Map<String, String> session(Bytes answer) throws MalformedException {
    String token = new String(answer.toArray(), StandardCharsets.US_ASCII).strip();
    if (!WORD.matcher(token).matches()) {
      throw new MalformedException(TOKEN, "gives no session token");
    }
    return Map.of("X-aws-ec2-metadata-token", token);
  }
}
