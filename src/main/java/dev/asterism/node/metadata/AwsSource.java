package dev.asterism.node.metadata;

import dev.asterism.device.Imdsv2;
import dev.asterism.device.MetadataService.Answer;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** EC2: IMDSv2, instance tags, and user data where a tag is missing. */
public final class AwsSource implements Source {
  private static final String METADATA = "/latest/meta-data/";
  private static final String TAGS = METADATA + "tags/instance/";
  private static final String USER_DATA = "/latest/user-data";
  private static final String ID = METADATA + "instance-id";
  private static final String ZONE = METADATA + "placement/availability-zone";
  private static final String IPV4 = METADATA + "local-ipv4";
  private static final String IPV6 = METADATA + "ipv6";
  private static final int UNAUTHORIZED = 401;

  private final Host host;

  AwsSource(Host host) {
    this.host = host;
  }

  @Override
  public Words look() throws IOException {
    return new Session(host.look());
  }

  @Override
  public String place(Field field) {
    return field.key() == null ? host.place(path(field)) : "EC2 instance tag " + field.key();
  }

  @Override
  public String remedy(Field field) {
    return Settings.remedy(
        field,
        " and allow tags in instance metadata (InstanceMetadataTags), or put it into the user data,"
            + " a JSON object");
  }

  private static String path(Field field) {
    return switch (field) {
      case NAME, PROVIDER_ID -> ID;
      case IP -> IPV4;
      case ROLE, API_SERVER, JOIN_ENDPOINTS, INIT_SECRET_HASH -> TAGS + field.key();
    };
  }

  /** One look, with a session of its own. */
  private final class Session implements Words {
    private final Host.Look look;
    private final Map<String, Optional<String>> seen = new java.util.HashMap<>();
    private Map<String, String> session;
    private @Nullable Map<Field, String> userData;

    Session(Host.Look look) throws IOException {
      this.look = look;
      this.session = session();
    }

    private Map<String, String> session() throws IOException {
      try {
        Answer answer = look.ask("PUT", Imdsv2.TOKEN, Imdsv2.ASKED);
        Bytes token = look.found(Imdsv2.TOKEN, answer).orElse(Bytes.EMPTY);
        return host.parse(Imdsv2.TOKEN, token, Imdsv2::session);
      } catch (IOException e) {
        throw new IOException(
            e.getMessage()
                + "; switch the instance's metadata on (HttpEndpoint) and, where another hop is"
                + " between (a container's bridge), raise HttpPutResponseHopLimit",
            e);
      }
    }

    @Override
    public Optional<String> of(Field field) throws IOException {
      return switch (field) {
        case NAME -> text(ID);
        case PROVIDER_ID -> providerId();
        case IP -> {
          Optional<String> ipv4 = text(IPV4).filter(text -> !text.isBlank());
          yield ipv4.isPresent() ? ipv4 : text(IPV6);
        }
        case ROLE, API_SERVER, JOIN_ENDPOINTS, INIT_SECRET_HASH -> setting(field);
      };
    }

    private Optional<String> providerId() throws IOException {
      Optional<String> zone = text(ZONE);
      Optional<String> id = text(ID);
      return zone.flatMap(z -> id.map(i -> "aws:///" + z.strip() + "/" + i.strip()));
    }

    private Optional<String> setting(Field field) throws IOException {
      Optional<String> tag = text(path(field)).filter(text -> !text.isBlank());
      return tag.isPresent() ? tag : Optional.ofNullable(userData().get(field));
    }

    private Map<Field, String> userData() throws IOException {
      Map<Field, String> known = userData;
      if (known == null) {
        Optional<Bytes> body = look.found(USER_DATA, ask(USER_DATA));
        known =
            body.isEmpty()
                ? new EnumMap<>(Field.class)
                : host.parse(USER_DATA, body.get(), Settings::ofUserData);
        userData = known;
      }
      return known;
    }

    private Optional<String> text(String path) throws IOException {
      Optional<String> known = seen.get(path);
      if (known == null) {
        known = look.text(path, ask(path));
        seen.put(path, known);
      }
      return known;
    }

    /** A session may end before its time, as when the instance was moved. */
    private Answer ask(String path) throws IOException {
      Answer answer = inSession(path);
      if (answer.status() == UNAUTHORIZED) {
        session = session();
        answer = inSession(path);
      }
      return answer;
    }

    private Answer inSession(String path) throws IOException {
      return look.ask("GET", path, session);
    }
  }
}
