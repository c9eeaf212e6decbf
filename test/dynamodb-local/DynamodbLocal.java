import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Amazon's engine in memory, as many empty databases as tests ask for, each on a free port of this machine only. Its own command line listens on
 * every address and has one database per access key.
 *
 * Prints the port of its control server: POST / opens a database and answers with its port, DELETE /PORT closes that one with its connections.
 * Ends when its input does: with its parent, whatever becomes of that.
 */
class DynamodbLocal {
  private static final String LOOPBACK = "127.0.0.1";
  private final Server server = new Server();
  private final AtomicInteger opened = new AtomicInteger();
  private final Map<String, ServerConnector> connectors = new ConcurrentHashMap<>();

  public static void main(String[] arguments) throws Exception {
    int port = new DynamodbLocal().start();
    System.out.println("control port " + port);
    while (System.in.read() != -1) {
    }
    System.exit(0);
  }

  private int start() throws Exception {
    // In memory, a database per region and access key, tables active at once.
    server.setHandler(new DatabasePerConnector(new LocalDynamoDBRequestHandler(0, true, null, false, false)));
    server.start();
    var control = HttpServer.create(new InetSocketAddress(InetAddress.getByName(LOOPBACK), 0), 0);
    control.createContext("/", this::answer);
    control.start();
    return control.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var answer = switch (exchange.getRequestMethod()) {
        case "POST" -> open();
        case "DELETE" -> close(exchange.getRequestURI().getPath().substring(1));
        default -> throw new IllegalArgumentException("POST / or DELETE /PORT");
      };
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(answer.getBytes());
    } catch (Exception error) {
      error.printStackTrace();
      exchange.sendResponseHeaders(500, -1);
    }
  }

  private String open() throws Exception {
    var connector = new ServerConnector(server);
    connector.setHost(LOOPBACK);
    // Ports come again, databases must not.
    connector.setName("database" + opened.incrementAndGet());
    server.addConnector(connector);
    connector.start();
    var port = String.valueOf(connector.getLocalPort());
    connectors.put(port, connector);
    return port;
  }

  private String close(String port) throws Exception {
    var connector = connectors.remove(port);
    if (connector != null) {
      connector.stop();
      server.removeConnector(connector);
    }
    return "closed";
  }

  /** The engine keeps databases apart by access key: here that is the name of the connector the request came through. */
  private static class DatabasePerConnector extends LocalDynamoDBServerHandler {
    DatabasePerConnector(LocalDynamoDBRequestHandler requests) {
      super(requests, null);
    }

    @Override
    protected String getAccessKey(Request request) {
      return request.getConnectionMetaData().getConnector().getName();
    }
  }
}
