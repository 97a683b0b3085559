package dev.asterism.testing.hosts;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** EC2's IMDSv2, with version 1 switched off. */
public final class FakeAwsHost extends FakeHost {
  private static final String METADATA = "/latest/meta-data/";
  private static final String TAGS = METADATA + "tags/instance/";

  private final AtomicInteger sessions = new AtomicInteger();
  private volatile String token = "";

  /** Below {@code /latest/meta-data/}. */
  public final Map<String, String> data = new ConcurrentHashMap<>();

  public final Map<String, String> tags = new ConcurrentHashMap<>();

  /** Empty: none. */
  public volatile String userData = "";

  /** Whether tags are to be seen in instance metadata. */
  public volatile boolean tagsAllowed = true;

  /** Whether the metadata service is switched on. */
  public volatile boolean on = true;

  public FakeAwsHost() throws IOException {
    data.put("instance-id", "i-0123456789abcdef0");
    data.put("placement/availability-zone", "eu-central-1a");
    data.put("local-ipv4", "10.0.1.7");
    start();
  }

  /** Ends all sessions. */
  public void endSessions() {
    token = "ended";
  }

  @Override
  protected Answer answer(String method, String path, HttpExchange exchange) {
    if (!on) {
      return Answer.status(403);
    }
    if (path.equals("/latest/api/token")) {
      return method.equals("PUT") ? session(exchange) : Answer.status(405);
    }
    if (!has(exchange, "X-aws-ec2-metadata-token", token)) {
      return Answer.status(401);
    }
    if (path.startsWith(TAGS)) {
      return found(tagsAllowed ? tags.get(path.substring(TAGS.length())) : null);
    }
    if (path.startsWith(METADATA)) {
      return found(data.get(path.substring(METADATA.length())));
    }
    return found(path.equals("/latest/user-data") && !userData.isEmpty() ? userData : null);
  }

  private static Answer found(@org.jspecify.annotations.Nullable String text) {
    return text == null ? Answer.status(404) : Answer.ok(text);
  }

  private Answer session(HttpExchange exchange) {
    if (isForwarded(exchange)) {
      return Answer.status(403);
    }
    List<String> ttl = exchange.getRequestHeaders().get("X-aws-ec2-metadata-token-ttl-seconds");
    if (ttl == null || ttl.size() != 1 || !isTtl(ttl.getFirst())) {
      return Answer.status(400);
    }
    token = "session-" + sessions.incrementAndGet() + "==";
    return new Answer(200, token, Map.of("X-aws-ec2-metadata-token-ttl-seconds", ttl.getFirst()));
  }

  private static boolean isTtl(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 21600;
  }
}
