package dev.asterism.mini;

import dev.asterism.mini.MetadataHost.Answer;
import dev.asterism.mini.MetadataHost.Asked;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** EC2's metadata service, version 2: nothing without a token, which is asked for first. */
final class AwsHost implements MetadataHost.Host {
  private static final String TOKEN = "/latest/api/token";
  private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";
  private static final String TTL = "x-aws-ec2-metadata-token-ttl-seconds";
  private static final int LONGEST_TTL = 21_600;
  private static final int TOKEN_BYTES = 42;

  private final NodeDir place;
  private final SecureRandom random = new SecureRandom();

  /** When each ends, by the machine's own clock. */
  private final Map<String, Long> tokens = new ConcurrentHashMap<>();

  AwsHost(NodeDir place) {
    this.place = place;
  }

  @Override
  public Answer answer(Asked asked) throws IOException {
    if (asked.isForwarded()) {
      return Answer.refused(403, "this was forwarded");
    }
    if (asked.path().equals(TOKEN)) {
      return asked.method().equals("PUT") ? token(asked) : Answer.refused(405, "only PUT");
    }
    Long end = tokens.get(asked.headers().getOrDefault("x-aws-ec2-metadata-token", ""));
    if (end == null || end - System.nanoTime() < 0) {
      return Answer.refused(401, "the token is missing, unknown or too old");
    }
    return asked.path().equals(DOCUMENT) && asked.method().equals("GET")
        ? Answer.ok("text/plain", Bytes.of(Files.readAllBytes(place.host())))
        : Answer.refused(404, "there is no such thing on this host");
  }

  private Answer token(Asked asked) {
    String ttl = asked.headers().getOrDefault(TTL, "");
    if (!ttl.matches("[0-9]{1,5}") || !isTtl(Integer.parseInt(ttl))) {
      return Answer.refused(400, TTL + " is not a number from 1 to " + LONGEST_TTL);
    }
    long now = System.nanoTime();
    tokens.values().removeIf(end -> end - now < 0);
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String token = Bytes.of(bytes).base64Url();
    tokens.put(token, now + Duration.ofSeconds(Integer.parseInt(ttl)).toNanos());
    return Answer.ok("text/plain", Bytes.ofUtf8(token));
  }

  private static boolean isTtl(int seconds) {
    return seconds >= 1 && seconds <= LONGEST_TTL;
  }
}
